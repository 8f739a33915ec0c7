import { type Budget, LIMIT_SIGNS, written } from './budget.ts'
import { judge, type Verdict } from './judge.ts'
import type { Run } from './outcome.ts'

/** How many budgets hold, and which do not, in a paragraph. `all` is the page with all of them. */
export function budgetSummary(run: Run, all: string): string {
  const verdicts = judge(run)
  const count = (held: Verdict['held']): number =>
    verdicts.filter((verdict) => verdict.held === held).length
  const missed = verdicts.filter(({ held }) => held === 'no' || held === 'not measured')
  const there = count('there')
  const names = missed.map(({ budget, measured }) => shortfall(budget, measured))
  return (
    `Of the ${verdicts.length} [budgets](${all}) that this project has set itself ${count('yes')} are held` +
    `${there > 0 ? `, and ${there} would be on the machine where they were set` : ''}. ` +
    (names.length === 0 ? 'None is missed.' : `Missed: ${names.join('; ')}.`)
  )
}

function shortfall(budget: Budget, measured: number): string {
  const figure = Number.isNaN(measured) ? 'not measured' : written(budget, measured)
  return `${budget.what}: ${figure}, where ${LIMIT_SIGNS[budget.bound]} ${written(budget, budget.limit)} is wanted`
}
