import { expect, test } from 'vitest'
import { median, medianOf, ratio } from '../src/bench/outcome.ts'
import { outcomeOf } from './run-of.ts'

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[7], 7],
  [[], Number.NaN],
])('the median of %j is %j', (values, expected) => {
  expect(median(values)).toBe(expected)
})

test('a ratio compares the laps of each round, for a machine has bad minutes', () => {
  const ours = outcomeOf('ours', [
    [1, 1],
    [10, 1],
    [1, 1],
  ])
  const other = outcomeOf('other', [
    [2, 4],
    [20, 4],
    [2, 5],
  ])
  expect(ratio(ours, other, 'wallMs')).toBe(2)
  expect(ratio(ours, other, 'cpuSeconds')).toBe(4)
  expect(medianOf(other, 'cpuSeconds')).toBe(4)
})

test('whoever failed or took no part has no ratio', () => {
  const ours = outcomeOf('ours', [[1, 1]])
  expect(ratio(ours, outcomeOf('other', 'it broke'), 'wallMs')).toBeNaN()
  expect(ratio(ours, undefined, 'wallMs')).toBeNaN()
  expect(ratio(outcomeOf('ours', 'it broke'), ours, 'wallMs')).toBeNaN()
})
