/**
 * Measures the same upload in one page of Chromium by us, by Uppy and by bare XMLHttpRequests, which
 * are the floor: once with the same calls and the same hash, once with nothing but the PUTs.
 *
 *     npm --prefix packages/benchmarks run chromium -- [rounds = 3] [MB = 200] [delay ms = 50]
 *
 * A urls call takes the delay and so does each PUT once its bytes are there; parts have 5 MiB, six go
 * at once. Contenders take turns, the median of the rounds counts. Chromium is looked for at
 * CHROMIUM_PATH and on PATH.
 */
import { median } from '../bench/outcome.ts'
import type { Lap, Name } from './page.ts'
import type { Phases } from './phases.ts'
import { NAMES, PART_SIZE, raceInChromium } from './race.ts'

const [rounds = 3, megabytes = 200, delayMs = 50] = process.argv.slice(2).map(Number)

const laps = await raceInChromium({ rounds, megabytes, delayMs })
const took = (name: Name): number => median(laps[name].map((lap) => lap.took))
const parts = Math.ceil((megabytes * 1e6) / PART_SIZE)
console.log(`${megabytes} MB in ${parts} parts, ${delayMs} ms a call, medians of ${rounds} rounds`)
console.table(
  Object.fromEntries(
    NAMES.map((name) => [
      name,
      {
        seconds: (took(name) / 1000).toFixed(2),
        '× same calls': (took(name) / took('sameCalls')).toFixed(2),
        '× bare PUTs': (took(name) / took('barePuts')).toFixed(2),
        'ours is faster by': (took(name) / took('ours')).toFixed(2),
      },
    ]),
  ),
)
console.log('Where the time goes, in milliseconds:')
console.table({ ours: medianPhases(laps.ours), sameCalls: medianPhases(laps.sameCalls) })

function medianPhases(laps: readonly Lap[]): Record<keyof Phases, number> {
  const of = (phase: keyof Phases): number =>
    Math.round(median(laps.map(({ phases }) => phases?.[phase] ?? Number.NaN)))
  return {
    hash: of('hash'),
    start: of('start'),
    urls: of('urls'),
    puts: of('puts'),
    idle: of('idle'),
    complete: of('complete'),
  }
}
