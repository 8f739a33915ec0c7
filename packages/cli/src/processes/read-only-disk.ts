import { join } from 'node:path'
import { Bench } from './bench.ts'
import type { Trial } from './trial.ts'
import { Volume, volumeObstacle } from './volume.ts'

const PART_SIZE = 64 * 1024
const PARTS = 24
const REFUSED =
  /^error: The journal in .* could not be opened: the file system is read-only \[store_failed\]\nhint: Choose/

/** A journal that exists cannot even be looked at: LevelDB writes when it opens one. */
export const readOnlyDisk: Trial = {
  name: 'read-only-disk',
  title: 'a journal on a file system that became read-only, and is writable again',
  obstacle: volumeObstacle,
  async run(dir) {
    const bench = await Bench.open(dir, { parts: PARTS, partSize: PART_SIZE })
    const volume = new Volume(join(dir, 'volume'), 2 * 1024 * 1024)
    try {
      return { lines: [await refuse(bench, volume)], violations: bench.violations }
    } finally {
      await bench.close()
      volume.unmount()
    }
  },
}

async function refuse(bench: Bench, volume: Volume): Promise<string> {
  const { witness } = bench
  const state = join(volume.path, 'state')
  witness.paceOf = () => PART_SIZE
  const client = bench.upload({ state })
  await bench.answered(6)
  await client.kill()
  await witness.quiet()
  const sent = witness.attempts.length
  volume.setReadOnly(true)
  for (const other of [
    bench.upload({ state }),
    bench.resume({ state }),
    bench.client(['status', '--state', state]),
  ]) {
    bench.checkEnd('a client that may only read', await other.ended, 1, REFUSED)
  }
  bench.check(witness.attempts.length === sent, 'parts were sent without a journal')
  volume.setReadOnly(false)
  witness.paceOf = () => Number.POSITIVE_INFINITY
  bench.checkEnd('resume', await bench.resume({ state }).ended, 0)
  await bench.checkStored(state)
  const { length } = witness.attempts
  bench.check(length <= PARTS + 6, `${PARTS} parts were sent ${length} times, with six at once`)
  return `3 commands exit with 1; writable again, resume finished after ${length} PUTs for ${PARTS} parts`
}
