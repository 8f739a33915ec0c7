import { readFileSync } from 'node:fs'
import { type Outcome, type Run, ratio } from './outcome.ts'

/**
 * What was reached once: case → contestant → how many times our time or CPU it needs at least. A
 * contestant that is nearer to the machine than we are has a floor below 1.
 */
export type Floors = Readonly<
  Record<string, Readonly<Record<string, { readonly time?: number; readonly cpu?: number }>>>
>

/** How much of a floor has to be reached. The short form is a smoke test: only ruin fails it. */
const TOLERATED: Readonly<Record<Run['form'], number>> = { full: 0.85, short: 0.5 }

export function readFloors(form: Run['form']): Floors {
  const path = new URL('../../floors.json', import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<Run['form'], Floors>>)[form]
}

/** @returns what is wrong with a run, a line each; what could not be measured is wrong too. */
export function checkFloors({ form, cases }: Run, floors: Floors): readonly string[] {
  const wrong: string[] = []
  for (const { id, outcomes } of cases) {
    const [ours] = outcomes
    if (ours?.failure !== undefined) wrong.push(`${id}: ${ours.failure}`)
  }
  for (const [id, contestants] of Object.entries(floors)) {
    const outcomes = cases.find((one) => one.id === id)?.outcomes ?? []
    for (const [name, { time, cpu }] of Object.entries(contestants)) {
      const other = outcomes.find((outcome) => outcome.name === name)
      for (const [what, measure, floor] of [
        ['time', 'wallMs', time],
        ['CPU', 'cpuSeconds', cpu],
      ] as const) {
        if (floor === undefined) continue
        const reached = ratioOf(outcomes[0], other, measure)
        // Not `reached < …`, which NaN would pass.
        if (reached >= floor * TOLERATED[form]) continue
        const seen = Number.isNaN(reached) ? 'not measured' : reached.toFixed(2)
        wrong.push(`${id}: ${name} needs ${seen} times our ${what}; the floor is ${floor}`)
      }
    }
  }
  return wrong
}

function ratioOf(
  ours: Outcome | undefined,
  other: Outcome | undefined,
  measure: 'wallMs' | 'cpuSeconds',
): number {
  return ours === undefined || other === undefined ? Number.NaN : ratio(ours, other, measure)
}
