import { chmod, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Bench } from './bench.ts'
import type { Trial } from './trial.ts'
import { Volume, volumeObstacle } from './volume.ts'

const PART_SIZE = 64 * 1024
const PARTS = 24
/** Root may write anywhere; `nobody` may not. */
const NOBODY = 65_534

/** The folder of the journal may not be written to. */
export const refusedFolder: Trial = {
  name: 'refused-folder',
  title: 'a journal in a folder without permission, and on a file system that is read-only',
  obstacle: volumeObstacle,
  async run(dir) {
    const lines: string[] = []
    const violations: string[] = []
    for (const [name, scene] of SCENES) {
      const place = join(dir, name)
      const bench = await Bench.open(place, { parts: PARTS, partSize: PART_SIZE })
      try {
        lines.push(`${name.padEnd(20)} ${await scene(bench, place)}`)
      } finally {
        await bench.close()
      }
      violations.push(...bench.violations.map((violation) => `${name}: ${violation}`))
    }
    return { violations, lines }
  },
}

const SCENES: readonly (readonly [
  name: string,
  scene: (bench: Bench, dir: string) => Promise<string>,
])[] = [
  ['without permission', withoutPermission],
  ['read-only', readOnly],
]

async function withoutPermission(bench: Bench, dir: string): Promise<string> {
  const folder = join(dir, 'sealed')
  await mkdir(folder)
  // Only the folder itself shall be closed.
  for (const path of [dirname(dirname(dir)), dirname(dir), dir]) await chmod(path, 0o755)
  await chmod(folder, 0o555)
  const denied =
    /^error: The journal in .* could not be opened: permission denied \[store_failed\]\nhint: Let this user write/
  for (const state of [folder, join(folder, 'new')]) {
    const client = bench.upload({ state, uid: NOBODY })
    bench.checkEnd('a client without permission', await client.ended, 1, denied)
  }
  bench.check((await readdir(folder)).length === 0, 'something was made in the folder')
  bench.check(bench.witness.counts.start === 0, 'the backend was asked')
  await chmod(folder, 0o777)
  const allowed = bench.upload({ state: join(folder, 'new'), uid: NOBODY })
  bench.checkEnd('the same client with permission', await allowed.ended, 0)
  return 'exit code 1, no request, nothing made; with it the same client finished'
}

/** A journal that exists cannot be used either, for LevelDB writes when it opens one. */
async function readOnly(bench: Bench, dir: string): Promise<string> {
  const { witness } = bench
  const volume = new Volume(join(dir, 'volume'), 2 * 1024 * 1024)
  const state = join(volume.path, 'state')
  try {
    witness.paceOf = () => PART_SIZE
    const client = bench.upload({ state })
    await bench.answered(6)
    await client.kill()
    await witness.quiet()
    const sent = witness.attempts.length
    volume.setReadOnly(true)
    const refused =
      /^error: The journal in .* could not be opened: the file system is read-only \[store_failed\]\nhint: Choose/
    for (const other of [
      bench.upload({ state }),
      bench.resume({ state }),
      bench.client(['status', '--state', state]),
    ]) {
      bench.checkEnd('a client that may only read', await other.ended, 1, refused)
    }
    bench.check(witness.attempts.length === sent, 'parts were sent without a journal')
    volume.setReadOnly(false)
    witness.paceOf = () => Number.POSITIVE_INFINITY
    bench.checkEnd('resume', await bench.resume({ state }).ended, 0)
    await bench.checkStored(state)
    return `3 commands exit with 1; writable again, resume finished after ${witness.attempts.length} PUTs for ${PARTS} parts`
  } finally {
    await bench.endClients()
    volume.unmount()
  }
}
