import { describeFailure, FAULT_CLASSES, shrink, simulate } from '@s3-bg-uploader/testkit/sim'
import { expect, test } from 'vitest'
import { regressions } from './regressions.ts'

const FIXED = 1_500
const SLOW_MACHINE_MS = 180_000

/** Runs so many seeds; a failure throws its smallest transcript. */
async function runSeeds(from: number, count: number): Promise<Map<string, number>> {
  const reached = new Map<string, number>()
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await simulate(seed)
    if (result.violation !== undefined) throw new Error(describeFailure(await shrink(seed)))
    for (const [what, times] of result.reached) reached.set(what, (reached.get(what) ?? 0) + times)
  }
  return reached
}

// Always the same ones, as a test must be: `npm run sim` runs schedules that nobody has seen.
test(`keeps its guarantees in ${FIXED} fixed schedules`, { timeout: SLOW_MACHINE_MS }, async () => {
  const reached = await runSeeds(1, FIXED)
  // Whatever can go wrong went wrong, and all the same nearly everything was completed.
  const situations = FAULT_CLASSES.filter((fault) => !SETTINGS.has(fault))
  for (const fault of situations) {
    expect(reached.get(SITUATION[fault] ?? fault), fault).toBeGreaterThan(0)
  }
  expect(reached.get('completed')).toBeGreaterThan(FIXED)
})

/** Classes that are a property of the run, not something that happens in it. */
const SETTINGS = new Set([
  'slow',
  'short-lived-urls',
  'skew',
  'no-date',
  'complete-once',
  'opaque-etags',
  'masked-errors',
  'slow-store',
  'no-reopen',
  'no-progress',
  'background',
  'many-files',
  'kept-files',
  'long-files',
  'waiting-files',
  'slow-backend',
  'shared-line',
])

/** What is counted under a name of its own. */
const SITUATION: Readonly<Record<string, string>> = {
  'clock-jump': 'clock set',
  'corrupt-record': 'damaged',
  'file-change': 'file changed',
  'file-vanish': 'file vanished',
  cancel: 'cancelled',
  crash: 'process died',
  freeze: 'frozen',
  pause: 'paused',
  reopen: 'closed',
  'second-process': 'store_locked',
}

test.each(regressions)('seed $seed: $was', async ({ seed }) => {
  await runSeeds(seed, 1)
})
