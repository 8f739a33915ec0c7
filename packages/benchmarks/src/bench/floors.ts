import { readFileSync } from 'node:fs'
import { decimal } from './budget-measures.ts'
import { isWithin, judge, type Verdict } from './judge.ts'
import { type Outcome, type Run, ratio } from './outcome.ts'

/**
 * What was reached once: case → contestant → how many times our time or CPU it needs at least. A
 * contestant that is nearer to the machine than we are has a floor below 1.
 */
export type Ratios = Readonly<
  Record<string, Readonly<Record<string, { readonly time?: number; readonly cpu?: number }>>>
>

export interface Floors {
  readonly ratios: Ratios
  /** Ids of budgets that were met once. */
  readonly budgets: readonly string[]
}

/** How much of a floor may be missing. The short form is a smoke test: only ruin fails it. */
const SLACK: Readonly<Record<Run['form'], number>> = { full: 0.15, short: 0.5 }

export const FLOORS_FILE: URL = new URL('../../floors.json', import.meta.url)

export function readFloors(): Readonly<Record<Run['form'], Floors>> {
  return JSON.parse(readFileSync(FLOORS_FILE, 'utf8')) as Readonly<Record<Run['form'], Floors>>
}

/** The floors of those cases alone; budgets need all of them. */
export function floorsOf({ ratios }: Floors, cases: readonly string[]): Floors {
  const asked = Object.entries(ratios).filter(([id]) => cases.includes(id))
  return { ratios: Object.fromEntries(asked), budgets: [] }
}

/** @returns what is wrong with a run, a line each; what could not be measured is wrong too. */
export function checkFloors(run: Run, { ratios, budgets }: Floors): readonly string[] {
  const wrong: string[] = []
  for (const { id, outcomes } of run.cases) {
    const [ours] = outcomes
    if (ours?.failure !== undefined) wrong.push(`${id}: ${ours.failure}`)
  }
  const slack = SLACK[run.form]
  for (const [id, contestants] of Object.entries(ratios)) {
    const outcomes = run.cases.find((one) => one.id === id)?.outcomes ?? []
    for (const [name, { time, cpu }] of Object.entries(contestants)) {
      const other = outcomes.find((outcome) => outcome.name === name)
      for (const [what, measure, floor] of [
        ['time', 'wallMs', time],
        ['CPU', 'cpuSeconds', cpu],
      ] as const) {
        if (floor === undefined) continue
        const reached = ratio(outcomes[0], other, measure)
        // Not `reached < …`, which NaN would pass.
        if (reached >= floor * (1 - slack)) continue
        const seen = Number.isNaN(reached) ? 'not measured' : reached.toFixed(2)
        wrong.push(`${id}: ${name} needs ${seen} times our ${what}; the floor is ${floor}`)
      }
    }
  }
  const verdicts = judge(run)
  for (const id of budgets) {
    const verdict = verdicts.find(({ budget }) => budget.id === id)
    if (verdict === undefined) wrong.push(`${id} is no budget`)
    else if (!isReached(verdict, slack)) wrong.push(fallen(verdict))
  }
  return wrong
}

/** Whether a budget holds, where this machine or the one where it was set is the measure. */
function isReached({ budget, measured, there }: Verdict, slack: number): boolean {
  return [measured, there].some((value) => value !== undefined && isWithin(budget, value, slack))
}

function fallen({ budget: { what, bound, limit, digits }, measured }: Verdict): string {
  const seen = Number.isNaN(measured) ? 'not measured' : decimal(measured, digits)
  return `${what}: ${seen}; it was ${bound} ${limit} once`
}

/** Laps of less than this depend on the mood of the machine, and CPU time of programs comes in steps of 10 ms. */
const LEAST = { wallMs: 300, cpuSeconds: 0.08 } as const

/** Floors as high as that run. */
export function floorsFrom(run: Run): Floors {
  const ratios: Record<string, Ratios[string]> = {}
  for (const { id, outcomes } of run.cases) {
    const [ours, ...others] = outcomes
    if (ours === undefined) continue
    // Ourselves without something is no measure: it becomes faster as we do.
    const strangers = others.filter(({ name }) => !name.startsWith(ours.name))
    const entries = strangers.map((other) => {
      // On a busy machine small files say little about time.
      const time = run.form === 'full' ? floorFrom(ours, other, 'wallMs') : undefined
      const cpu = floorFrom(ours, other, 'cpuSeconds')
      return [
        other.name,
        { ...(time === undefined ? {} : { time }), ...(cpu === undefined ? {} : { cpu }) },
      ] as const
    })
    const telling = entries.filter(([, floors]) => Object.keys(floors).length > 0)
    if (telling.length > 0) ratios[id] = Object.fromEntries(telling)
  }
  const met = judge(run).filter(({ held }) => held === 'yes' || held === 'there')
  return { ratios, budgets: run.form === 'short' ? [] : met.map(({ budget }) => budget.id) }
}

function floorFrom(ours: Outcome, other: Outcome, measure: keyof typeof LEAST): number | undefined {
  const reached = ratio(ours, other, measure)
  const short = [ours, other].some(({ laps }) => laps.some((lap) => lap[measure] < LEAST[measure]))
  if (short || Number.isNaN(reached)) return undefined
  // Two significant digits, never rounded up.
  const step = 10 ** (Math.floor(Math.log10(reached)) - 1)
  return Number((Math.floor(reached / step) * step).toPrecision(2))
}
