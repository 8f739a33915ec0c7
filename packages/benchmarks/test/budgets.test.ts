import { expect, test } from 'vitest'
import { BUDGETS } from '../src/bench/budget-list.ts'
import { budgetSummary } from '../src/bench/budget-summary.ts'
import { budgetTable } from '../src/bench/budget-table.ts'
import { judge, slownessOf } from '../src/bench/judge.ts'
import type { CaseResult, Run } from '../src/bench/outcome.ts'
import type { Probes } from '../src/bench/probes/probes.ts'
import { caseOf, lapOf, runOf } from './run-of.ts'

const http = (ours: number, libStorage: number, curl: number): CaseResult =>
  caseOf('http', {
    's3-bg-uploader': [[1, ours]],
    's3-bg-uploader, PUTs only': [[0.5, ours / 2]],
    'lib-storage': [[3, libStorage]],
    curl: [[0.3, curl]],
  })

function verdictOf(run: Run, id: string) {
  const verdict = judge(run).find(({ budget }) => budget.id === id)
  if (verdict === undefined) throw new Error(`There is no budget ${id}`)
  return verdict
}

test('every budget has a line in the table of every run, measured or not', () => {
  const table = budgetTable(runOf([]))
  for (const { what } of BUDGETS) expect(table).toContain(`| ${what} |`)
  expect(table.match(/not measured/g)).toHaveLength(BUDGETS.length)
})

test('no two budgets share an id', () => {
  expect(new Set(BUDGETS.map(({ id }) => id)).size).toBe(BUDGETS.length)
})

test.each([
  ['within it', 0.9, 'yes'],
  ['beyond it, but within it on a machine as fast as that where it was set', 1.9, 'there'],
  ['beyond it there too', 2.1, 'no'],
] as const)('CPU time for each GB: %s', (_, ours, held) => {
  // This machine is half as fast as the one where the budgets were set.
  expect(verdictOf(runOf([http(ours, 5.8, 0.44)]), 'upload-cpu').held).toBe(held)
})

test('how slow a machine is tells the peer that flatters us less', () => {
  expect(slownessOf(runOf([http(1, 5.8, 0.33)]))).toBeCloseTo(1.5)
  expect(slownessOf(runOf([http(1, 2.9, 0.44)]))).toBeCloseTo(1)
  expect(slownessOf(runOf([]))).toBeNaN()
})

test('throughput is compared within the run', () => {
  const run = runOf([http(1, 2.9, 0.22)])
  expect(verdictOf(run, 'put-times')).toMatchObject({ measured: 6, held: 'yes', there: undefined })
})

test('memory is that of the file that needs most', () => {
  const large = (peakBytes: number): CaseResult => ({
    ...caseOf('large-file', {}),
    outcomes: [
      { name: 's3-bg-uploader', laps: [{ ...lapOf(1, 1), peakBytes }], failure: undefined },
    ],
  })
  const all = [http(1, 2.9, 0.22)]
  expect(verdictOf(runOf([...all, large(110e6)]), 'memory')).toMatchObject({
    measured: 110,
    held: 'yes',
  })
  expect(verdictOf(runOf([...all, large(130e6)]), 'memory').held).toBe('no')
  expect(verdictOf(runOf(all), 'memory').held).toBe('not measured')
})

test('what is measured once in a run is judged as well', () => {
  const probes: Probes = {
    journal: {
      fewParts: 1000,
      bytesPerFewParts: 150,
      manyParts: 10_000,
      bytesPerManyParts: 140,
      queue: {
        uploads: 100_000,
        restoreCpuSeconds: 2,
        restoreSeconds: 2,
        bytesEach: 1200,
        bytesEachAdded: 900,
      },
    },
    chromium: { ours: 1.2, uppy: 5, sameCalls: 1.2, barePuts: 1 },
  }
  const held = Object.fromEntries(
    judge(runOf([], { probes })).map((verdict) => [verdict.budget.id, verdict.held]),
  )
  expect(held).toMatchObject({
    'journal-bytes': 'yes',
    'queue-memory': 'no',
    'queue-cpu': 'yes',
    'chromium-uppy': 'yes',
    'chromium-xhrs': 'no',
    bundle: 'not measured',
  })
})

test('the summary names every budget that is missed or was not measured, and counts the others', () => {
  const chromium = { ours: 1.2, uppy: 5, sameCalls: 1.2, barePuts: 1 }
  const run = runOf([http(1.9, 5.8, 0.44)], { probes: { chromium } })
  const summary = budgetSummary(run, 'all.md')
  const verdicts = judge(run)
  const count = (held: string) => verdicts.filter((verdict) => verdict.held === held).length
  expect(summary).toContain(`${count('yes')} are held, and ${count('there')} would be`)
  for (const { budget, held } of verdicts) {
    expect(summary.includes(budget.what)).toBe(held === 'no' || held === 'not measured')
  }
  expect(summary).toContain('Chromium, × the time of six bare XHRs: 1.20, where ≤ 1.15 is wanted')
})
