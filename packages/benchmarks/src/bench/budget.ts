import { decimal } from './budget-measures.ts'
import type { Run } from './outcome.ts'

/** What this project promises of its speed. `BUDGETS` is all of it. */
export interface Budget {
  readonly id: string
  /** With its unit. */
  readonly what: string
  readonly bound: 'at most' | 'at least'
  readonly limit: number
  /** Digits after the point. */
  readonly digits: number
  /**
   * Whether a machine half as fast would measure twice as much (`cost`), half as much (`speed`), or the
   * same (`none`). The budgets were set on a machine that is known by what its peers needed.
   */
  readonly machine: 'cost' | 'speed' | 'none'
  /** NaN where it was not measured. */
  readonly measure: (run: Run) => number
  /** What was measured beside it in the same run. */
  readonly beside: (run: Run) => readonly string[]
}

export const LIMIT_SIGNS: Readonly<Record<Budget['bound'], string>> = {
  'at most': '≤',
  'at least': '≥',
}

/** A value of this budget. */
export function written({ digits }: Budget, value: number): string {
  return decimal(value, Number.isInteger(value) ? 0 : digits)
}
