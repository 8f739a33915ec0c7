import { join } from 'node:path'
import { Bench } from './bench.ts'
import type { Trial } from './trial.ts'
import { Volume, volumeObstacle } from './volume.ts'

/** So many that their records do not fit into what is left of a page of the full disk. */
const PARTS = 240
const PART_SIZE = 16 * 1024
const WARNED =
  /^warning: The journal in .* could not be written: the disk is full \[store_failed\].*\nhint: Free some space .* Uploads go on, .*\ndocs: .*#store_failed\n$/

/** The disk of the journal is full: uploads go on where they can, and nothing is damaged. */
export const fullDisk: Trial = {
  name: 'full-disk',
  title: 'the disk under the journal is full, for a while or for good',
  obstacle: volumeObstacle,
  async run(dir) {
    const lines: string[] = []
    const violations: string[] = []
    for (const [name, scene] of SCENES) {
      const bench = await Bench.open(join(dir, name), { parts: PARTS, partSize: PART_SIZE })
      const volume = new Volume(join(dir, name, 'volume'), 2 * 1024 * 1024)
      try {
        // Six at once: 120 parts a second.
        bench.witness.paceOf = () => PART_SIZE / 0.05
        lines.push(`${name.padEnd(20)} ${await scene(bench, volume, join(volume.path, 'state'))}`)
      } finally {
        await bench.close()
        volume.unmount()
      }
      violations.push(...bench.violations.map((violation) => `${name}: ${violation}`))
    }
    return { violations, lines }
  },
}

type Scene = (bench: Bench, volume: Volume, state: string) => Promise<string>

const SCENES: readonly (readonly [name: string, scene: Scene])[] = [
  ['from the start', fromTheStart],
  ['to the end', toTheEnd],
  ['killed meanwhile', killedMeanwhile],
  ['for a while', forAWhile],
]

/** Nothing begins that a crash would forget. */
async function fromTheStart(bench: Bench, volume: Volume, state: string): Promise<string> {
  await volume.fill()
  const refused = /^error: .* could not be opened: the disk is full \[store_failed\]\nhint: Free/
  bench.checkEnd('the client', await bench.upload({ state }).ended, 1, refused)
  bench.check(bench.witness.counts.start === 0, 'the backend was asked')
  volume.free()
  bench.checkEnd('the next client', await bench.upload({ state }).ended, 0)
  await bench.checkStored(state)
  return 'exit code 1 and no request; with space again the same command finished'
}

/** The upload completes, and only its journal does not know. */
async function toTheEnd(bench: Bench, volume: Volume, state: string): Promise<string> {
  const client = bench.upload({ state })
  await bench.answered(20)
  await volume.fill()
  bench.checkEnd('the client', await client.ended, 0, WARNED)
  const sent = bench.witness.attempts.length
  bench.check(sent === PARTS, `${PARTS} parts were sent ${sent} times`)
  volume.free()
  const status = await bench.client(['status', '--state', state]).ended
  bench.checkEnd('status', status, 0)
  bench.check(/, 1 unfinished, /.test(status.stdout), `status said ${status.stdout}`)
  // The storage does not know the upload any more, so it begins anew; better twice than not at all.
  bench.witness.paceOf = () => Number.POSITIVE_INFINITY
  bench.checkEnd('resume', await bench.resume({ state }).ended, 0)
  await bench.witness.quiet()
  return `exit code 0 with a warning; resume, which cannot know, sent ${bench.witness.attempts.length - sent} parts again`
}

/** What the journal has is whole; what it lacks the storage can list. */
async function killedMeanwhile(bench: Bench, volume: Volume, state: string): Promise<string> {
  const client = bench.upload({ state })
  await bench.answered(20)
  await volume.fill()
  await bench.answered(180)
  await client.kill()
  await bench.witness.quiet()
  volume.free()
  const journaled = await bench.journaledParts(state)
  bench.check(journaled >= 20 - 6, `the journal has only ${journaled} parts`)
  bench.check(journaled < 170, `the journal has ${journaled} parts: the disk was not full`)
  const sent = bench.witness.attempts.length
  bench.checkEnd('resume', await bench.resume({ state }).ended, 0)
  await bench.checkStored(state)
  const again = bench.witness.attempts.length - PARTS
  bench.check(again <= 6, `${again} parts were sent again, although the storage lists them`)
  return `killed after ${sent} parts with ${journaled} in the journal; resume finished, ${again} parts were sent again`
}

/** With space again the journal goes on, in the same process. */
async function forAWhile(bench: Bench, volume: Volume, state: string): Promise<string> {
  const client = bench.upload({ state })
  await bench.answered(20)
  await volume.fill()
  await bench.answered(140)
  volume.free()
  bench.checkEnd('the client', await client.ended, 0, WARNED)
  await bench.checkStored(state)
  const status = await bench.client(['status', '--state', state]).ended
  bench.check(/\n1 completed, 0 unfinished\n/.test(status.stdout), `status said ${status.stdout}`)
  return 'exit code 0 with a warning; the journal knows that it is completed'
}
