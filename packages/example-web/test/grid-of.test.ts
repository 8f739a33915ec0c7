import { describe, expect, test } from 'vitest'
import { gridOf } from '../src/list/grid-of.ts'

const WIDTHS = [280, 700, 856]

describe.each(WIDTHS)('%d px wide', (width) => {
  test.each([2, 100, 2000, 10_000])('%d parts fit in', (parts) => {
    const { columns, cell, gap, height } = gridOf(parts, width)
    expect(columns * (cell + gap) - gap).toBeLessThanOrEqual(width)
    const rows = (height + gap) / (cell + gap)
    expect(columns * rows).toBeGreaterThanOrEqual(parts)
    expect(columns * (rows - 1)).toBeLessThan(parts)
  })

  test('2,000 parts are no higher than a hand, and few parts have large cells', () => {
    expect(gridOf(2000, width).height).toBeLessThanOrEqual(168)
    expect(gridOf(20, width).cell).toBe(14)
  })
})

test('before the width is known there is one column, and nothing breaks', () => {
  expect(gridOf(3, 0).columns).toBe(1)
})
