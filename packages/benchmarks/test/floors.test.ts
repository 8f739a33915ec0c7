import { expect, test } from 'vitest'
import { BUDGETS } from '../src/bench/budget-list.ts'
import { checkFloors, type Floors, floorsFrom, floorsOf, readFloors } from '../src/bench/floors.ts'
import { fullCases } from '../src/bench/full-cases.ts'
import type { Run } from '../src/bench/outcome.ts'
import { programs } from '../src/bench/programs.ts'
import { shortCases } from '../src/bench/short-cases.ts'
import { caseOf, runOf } from './run-of.ts'

/** We need so much; lib-storage always needs 3 seconds and 4 CPU seconds. */
function runWith(seconds: number, cpuSeconds: number, more: Partial<Run> = {}): Run {
  const rounds = <T>(pair: T): readonly T[] => [pair, pair, pair]
  const contestants = {
    's3-bg-uploader': rounds([seconds, cpuSeconds] as const),
    'lib-storage': rounds([3, 4] as const),
  }
  return runOf([caseOf('http', contestants)], more)
}

const reached = runWith(1, 1)
const floors = floorsFrom(reached)

test('floors are the ratios that a run reached', () => {
  expect(floors.ratios).toEqual({ http: { 'lib-storage': { time: 3, cpu: 4 } } })
})

test('the run that made them reaches its own floors', () => {
  expect(checkFloors(reached, floors)).toEqual([])
})

test('15 % more time is tolerated, 25 % is not', () => {
  expect(checkFloors(runWith(1.15, 1), floors)).toEqual([])
  expect(checkFloors(runWith(1.25, 1), floors)).toEqual([
    'http: lib-storage needs 2.40 times our time; the floor is 3',
  ])
})

test('more CPU time is found out by itself', () => {
  expect(checkFloors(runWith(1, 1.25), floors)).toEqual([
    'http: lib-storage needs 3.20 times our CPU; the floor is 4',
  ])
})

test('the short form fails only where half of a ratio is gone', () => {
  expect(checkFloors(runWith(1.9, 1.9, { form: 'short' }), floors)).toEqual([])
  expect(checkFloors(runWith(2.1, 2.1, { form: 'short' }), floors)).toHaveLength(2)
})

test.each([
  ['we failed', { 's3-bg-uploader': 'it broke', 'lib-storage': [[3, 4]] as const }, 4],
  ['the other failed', { 's3-bg-uploader': [[1, 1]] as const, 'lib-storage': 'it broke' }, 2],
  ['the other took no part', { 's3-bg-uploader': [[1, 1]] as const }, 2],
])('what could not be measured is wrong: %s', (_, contestants, lines) => {
  const wrong = checkFloors(runOf([caseOf('http', contestants)]), floors)
  expect(wrong).toHaveLength(lines)
  expect(wrong.at(-1)).toContain('not measured')
})

test('a case that is not asked for is no failure', () => {
  const https = runOf([caseOf('https', {})])
  expect(checkFloors(https, floorsOf(floors, ['https']))).toEqual([])
  expect(checkFloors(https, floors)).not.toEqual([])
})

test('laps that are too short to tell make no floors, and floors are never rounded up', () => {
  const contestants = {
    's3-bg-uploader': [[0.31, 0.31]] as const,
    curl: [[0.29, 0.36]] as const,
    rclone: [[0.59, 0.05]] as const,
  }
  expect(floorsFrom(runOf([caseOf('http', contestants)])).ratios).toEqual({
    http: { curl: { cpu: 1.1 }, rclone: { time: 1.9 } },
  })
})

test('what is of our own makes no floors, for it becomes faster as we do', () => {
  const contestants = {
    's3-bg-uploader': [[1, 1]] as const,
    's3-bg-uploader, no journal': [[0.9, 0.9]] as const,
  }
  expect(floorsFrom(runOf([caseOf('with-journal', contestants)])).ratios).toEqual({})
})

test('a run of the short form makes floors of CPU time alone', () => {
  const { ratios, budgets } = floorsFrom(runWith(1, 1, { form: 'short' }))
  expect(ratios).toEqual({ http: { 'lib-storage': { cpu: 4 } } })
  expect(budgets).toEqual([])
})

test('a budget that was met is a floor, one that was not is none', () => {
  const met = runOf([], { probes: { bundle: { ours: 15_000, firstLoad: 1, uppy: 1 } } })
  const missed = runOf([], { probes: { bundle: { ours: 20_000, firstLoad: 1, uppy: 1 } } })
  expect(floorsFrom(met).budgets).toEqual(['bundle'])
  expect(floorsFrom(missed).budgets).toEqual([])
  expect(checkFloors(met, floorsFrom(met))).toEqual([])
  expect(checkFloors(missed, floorsFrom(met))).toEqual([
    'core + transport-fetch with their dependencies, minified and gzipped, kB: 20.0; it was at most 16 once',
  ])
  expect(checkFloors(runOf([]), floorsFrom(met))).toHaveLength(1)
})

test('a budget that counts CPU time may also be met at the speed of the machine where it was set', () => {
  const contestants = {
    's3-bg-uploader': [[1, 1.4]] as const,
    'lib-storage': [[3, 5.8]] as const,
  }
  const slow = runOf([caseOf('http', contestants)])
  expect(floorsFrom(slow).budgets).toContain('upload-cpu')
  expect(checkFloors(slow, { ratios: {}, budgets: ['upload-cpu'] })).toEqual([])
})

test.each(['full', 'short'] as const)(
  'the committed floors of the %s form are of its cases',
  (form) => {
    const { ratios, budgets }: Floors = readFloors()[form]
    const all = programs({})
    const cases = form === 'full' ? fullCases(all) : shortCases(all)
    for (const [id, contestants] of Object.entries(ratios)) {
      const names = cases.find((one) => one.id === id)?.contestants.map(({ name }) => name)
      expect(names).toEqual(expect.arrayContaining(Object.keys(contestants)))
    }
    expect(BUDGETS.map(({ id }) => id)).toEqual(expect.arrayContaining([...budgets]))
  },
)
