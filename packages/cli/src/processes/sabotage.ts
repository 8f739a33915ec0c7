import { join } from 'node:path'
import { torture } from '../torture/torture.ts'
import type { TortureOptions } from '../torture/torture-options.ts'
import type { Trial } from './trial.ts'

const MIB = 1024 * 1024

/** Small, and with kills enough that every fault has its occasion. */
const OPTIONS: TortureOptions = {
  seed: 5,
  kills: 3,
  size: 12 * MIB,
  small: 5,
  partSize: 128 * 1024,
  limit: 60,
}

/** What a module in `preloads` does to the client, and what the referee must say to it. */
const SABOTAGES: readonly (readonly [preload: string, verdict: RegExp])[] = [
  // Killed after complete it can neither know nor find out whether its object exists, and fails.
  [
    'forgetful-journal',
    /parts were answered before \d+ kills, but not in the journal|the program failed with 1/,
  ],
  ['unread-parts', /part \d+ was sent again/],
  ['flipped-bit', /has other bytes/],
]

/** The torture finds fault with clients that have one. */
export const sabotage: Trial = {
  name: 'sabotage',
  title: 'the torture catches clients that were sabotaged',
  async run(dir, say) {
    const violations: string[] = []
    const lines: string[] = []
    for (const [preload, verdict] of SABOTAGES) {
      const module = new URL(`./preloads/${preload}.js`, import.meta.url)
      const report = await torture(OPTIONS, join(dir, preload), () => {}, module)
      const caught = report.violations.find((violation) => verdict.test(violation))
      say(`${preload}: ${report.violations.length} violations`)
      if (caught === undefined) violations.push(`${preload}: ${report.violations.join('; ')}`)
      else lines.push(`${preload.padEnd(18)} ${caught}`)
    }
    return { violations, lines }
  },
}
