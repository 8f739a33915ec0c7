import type { SimulationResult } from './simulate.ts'
import { GUARANTEES } from './violation.ts'

const MOST_LINES = 90

/** What a person needs to see why a run failed, and to run it again. */
export function describeFailure({ seed, plan, violation, transcript }: SimulationResult): string {
  if (violation === undefined) return `Seed ${seed} does not fail.`
  const { guarantee, message, at } = violation
  const faults = [...plan.faults].map(([fault, rate]) => `${fault} (${rate})`).join(', ')
  const files = plan.files.map(({ name, size }) => `${name} ${size} B`).join(', ')
  const { partSize, concurrency, urlLife, canList, canAbort } = plan
  const left = transcript.length - MOST_LINES
  return [
    `Seed ${seed} breaks "${guarantee}" after ${at / 1000} s: ${message}`,
    `  ${GUARANTEES[guarantee]}`,
    `  faults: ${faults || 'none'}`,
    `  files: ${files}; parts of ${partSize} B, ${concurrency} at once, URLs live ${urlLife} s` +
      `, listParts ${canList ? 'on' : 'off'}, abort ${canAbort ? 'on' : 'off'}`,
    ...(left > 0 ? [`  ... ${left} lines before`] : []),
    ...transcript.slice(-MOST_LINES),
    `Replay: npm run sim -- --seed ${seed}`,
  ].join('\n')
}
