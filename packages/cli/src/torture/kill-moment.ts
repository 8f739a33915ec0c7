import type { SeededRandom } from '@s3-bg-uploader/testkit/sim'
import type { Sighting } from './transcript.ts'

/** When to strike in one run of the uploading process. */
export interface KillMoment {
  /** How many parts must have been asked for before. */
  readonly afterParts: number
  /** How many parts pass at all: when the next one comes, the moment has come too. */
  readonly quota: number
  readonly trigger:
    | { readonly at: 'time'; readonly afterMs: number }
    /** `skip` of those sightings are let pass. */
    | { readonly at: 'sighting'; readonly sighting: Sighting; readonly skip: number }
  /** Milliseconds between the moment and the kill. */
  readonly delayMs: number
}

/** Where processes are killed, the frequent moments more than once. */
const SIGHTINGS: readonly [Sighting, ...Sighting[]] = [
  'startAsked',
  'startAnswered',
  'urlsAnswered',
  'partAsked',
  'partMoved',
  'partMoved',
  'partTaken',
  'partTaken',
  'partAnswered',
  'partAnswered',
  'partAnswered',
  'completeAsked',
  'completeAsked',
  'completeTaken',
  'completeAnswered',
  'completeAnswered',
  'listAnswered',
]

/**
 * @param partsLeft parts that are not yet safe.
 * @param killsLeft what they have to suffice for.
 */
export function drawKillMoment(
  random: SeededRandom,
  partsLeft: number,
  killsLeft: number,
): KillMoment {
  const share = partsLeft / (killsLeft + 1)
  const afterParts = Math.floor(random.draw('parts') * share)
  return {
    afterParts,
    quota: afterParts + random.between('more parts', 0, Math.ceil(share)),
    // By time is while the program starts, reads the journal and hashes.
    trigger:
      random.draw('kind of moment') < 0.15
        ? { at: 'time', afterMs: random.between('time', 0, 900) }
        : {
            at: 'sighting',
            sighting: random.pick('sighting', SIGHTINGS),
            skip: random.between('skip', 0, 3),
          },
    // The journal is written within some milliseconds.
    delayMs: random.draw('prompt') < 0.4 ? 0 : random.between('delay', 1, 25),
  }
}

/** Calls `strike` when the moment has come. Returns the listener for what is seen. */
export function watchFor(
  { afterParts, trigger, delayMs }: KillMoment,
  strike: () => void,
): (sighting: Sighting) => void {
  let parts = 0
  let skip = trigger.at === 'sighting' ? trigger.skip : 0
  let struck = false
  const strikeAfter = (ms: number): void => {
    if (struck) return
    struck = true
    if (ms === 0) strike()
    else setTimeout(strike, ms).unref()
  }
  if (trigger.at === 'time') setTimeout(strikeAfter, trigger.afterMs, 0).unref()
  return (seen) => {
    if (seen === 'partAsked') parts += 1
    // What was waited for may never come.
    if (seen === 'partHeld') setTimeout(strikeAfter, 100, delayMs).unref()
    if (trigger.at === 'time' || seen !== trigger.sighting || parts < afterParts) return
    if (skip > 0) skip -= 1
    else strikeAfter(delayMs)
  }
}
