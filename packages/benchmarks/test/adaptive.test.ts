import { describe, expect, test } from 'vitest'
import { type Comparison, compare, FIXED, summary } from '../src/adaptive/compare.ts'

// Virtual time and seeded luck: the same figures everywhere.
const comparisons = await compare(1)

describe('slots that the machine finds', () => {
  test('serve better than any fixed number over all situations', () => {
    const means = summary(comparisons)
    const adaptive = means.get('adaptive') ?? Number.NaN
    for (const slots of FIXED) {
      expect(adaptive, `fixed ${slots}`).toBeLessThan((means.get(`fixed ${slots}`) ?? 0) * 0.85)
    }
    expect(adaptive).toBeLessThan(1.15)
  })

  test.each(comparisons)('are never far from the best: $situation', ({ results }) => {
    expect(resultOf(results, 'adaptive').relative).toBeLessThan(1.5)
  })

  test('wait for no part that crawls at the end', () => {
    const crawling = comparisons.find(({ situation }) => situation.includes('crawls'))
    expect(resultOf(crawling?.results ?? [], 'adaptive').relative).toBeLessThan(0.8)
  })

  test('are refused by a storage that takes four at once hardly ever', () => {
    const narrow = comparisons.find(({ situation }) => situation.startsWith('503'))
    expect(resultOf(narrow?.results ?? [], 'fixed 8').refused).toBeGreaterThan(10)
    const { refused, relative } = resultOf(narrow?.results ?? [], 'adaptive')
    expect(refused).toBeLessThan(6)
    expect(relative).toBeLessThan(1.1)
  })
})

function resultOf(results: Comparison['results'], client: string): Comparison['results'][number] {
  const result = results.find((one) => one.client === client)
  if (result === undefined) throw new Error(`there is no client ${client}`)
  return result
}
