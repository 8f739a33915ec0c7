import type { Budget } from './budget.ts'
import { BUDGETS } from './budget-list.ts'
import { cpuPerGigabyte } from './budget-measures.ts'
import { libStorage } from './contestants.ts'
import type { Run } from './outcome.ts'

/** What the peers needed where the budgets were set: CPU seconds for each GB of the case `http`. */
export const SET_WHERE = { libStorage: 2.9, curl: 0.22 } as const

/** Everything that decides whether a budget holds. */
export interface Verdict {
  readonly budget: Budget
  readonly measured: number
  /** What the machine where the budgets were set would have measured, if that matters. */
  readonly there: number | undefined
  readonly held: 'yes' | 'no' | 'there' | 'not measured'
}

/** What a run says about each budget. */
export function judge(run: Run): readonly Verdict[] {
  const slowness = slownessOf(run)
  return BUDGETS.map((budget): Verdict => {
    const measured = budget.measure(run)
    const there = thereOf(budget, measured, slowness)
    if (Number.isNaN(measured)) return { budget, measured, there: undefined, held: 'not measured' }
    const held = isWithin(budget, measured)
      ? 'yes'
      : there !== undefined && isWithin(budget, there)
        ? 'there'
        : 'no'
    return { budget, measured, there, held }
  })
}

/** @param slack 0.15: what is 15 % beyond the limit passes too. */
export function isWithin({ bound, limit }: Budget, value: number, slack = 0): boolean {
  return bound === 'at most' ? value * (1 - slack) <= limit : value >= limit * (1 - slack)
}

/**
 * How many times as much CPU time the peers needed in this run as where the budgets were set: of two
 * that tell, the one that flatters less. NaN where neither took part.
 */
export function slownessOf(run: Run): number {
  const times = [
    cpuPerGigabyte(run, 'http', libStorage.name) / SET_WHERE.libStorage,
    cpuPerGigabyte(run, 'http', 'curl') / SET_WHERE.curl,
  ].filter((times) => !Number.isNaN(times))
  return times.length === 0 ? Number.NaN : Math.min(...times)
}

function thereOf({ machine }: Budget, measured: number, slowness: number): number | undefined {
  if (machine === 'none' || Number.isNaN(slowness)) return undefined
  return machine === 'cost' ? measured / slowness : measured * slowness
}
