import { LIMIT_SIGNS, written } from './budget.ts'
import { decimal } from './budget-measures.ts'
import { judge, SET_WHERE, slownessOf, type Verdict } from './judge.ts'
import { cells } from './markdown.ts'
import type { Run } from './outcome.ts'

const HELD: Readonly<Record<Verdict['held'], string>> = {
  yes: 'yes',
  no: '**no**',
  there: 'there',
  'not measured': '',
}

/** Each budget, what a run measured, and whether it holds, as Markdown. */
export function budgetTable(run: Run): string {
  const verdicts = judge(run)
  const rows = verdicts.map(({ budget, measured, there, held }) => [
    budget.what,
    `${LIMIT_SIGNS[budget.bound]} ${written(budget, budget.limit)}`,
    held === 'not measured' ? held : written(budget, measured),
    there === undefined ? '' : written(budget, there),
    HELD[held],
    budget.beside(run).join(', '),
  ])
  const headings = ['', 'budget', 'measured', 'there', 'held', 'beside it, in the same run']
  return [
    ...cells(headings, rows, ['left', 'right', 'right', 'right', 'left', 'left']),
    '',
    about(run),
  ].join('\n')
}

function about(run: Run): string {
  const slowness = slownessOf(run)
  const set =
    `The budgets were set on a machine where lib-storage took ${SET_WHERE.libStorage} CPU-s per GB ` +
    `and curl ${SET_WHERE.curl}.`
  if (Number.isNaN(slowness)) return set
  return (
    `${set} Here they took ${decimal(slowness, 2)} times as much or more; “there” is what was measured, ` +
    'divided by that.'
  )
}
