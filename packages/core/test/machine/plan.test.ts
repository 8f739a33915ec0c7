import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyEtags, etagOf, listEtags, withEtag } from '../../src/machine/etag-table.ts'
import {
  MAX_PARTS,
  partCount,
  partLength,
  partRange,
  smallestPartSize,
} from '../../src/machine/plan.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const TB5 = 5 * 2 ** 40
const MOST = Number.MAX_SAFE_INTEGER

describe('the plan', () => {
  test.each([
    [0, 10, 1],
    [1, 10, 1],
    [9, 10, 1],
    [10, 10, 1],
    [11, 10, 2],
    [10 * 9_999, 10, 9_999],
    [10 * 10_000 - 1, 10, 10_000],
    [10 * 10_000, 10, 10_000],
    [10 * 10_000 + 1, 10, 10_001],
    [TB5, 5 * 2 ** 30, 1024],
    [TB5 + 1, 5 * 2 ** 30, 1025],
    // One byte more than full parts: the rounded quotient must not lose it.
    [MOST, (MOST - 1) / 2, 3],
    [2 ** 52 + 1, 2 ** 40, 4097],
    [MOST, 2 ** 40, 8192],
  ])('%d bytes in parts of %d: %d parts', (size, partSize, parts) => {
    expect(partCount(size, partSize)).toBe(parts)
  })

  test.each([
    [0, 1],
    [1, 1],
    [10_000, 1],
    [10_001, 2],
    [TB5, 549_755_814],
    [MOST, 900_719_925_475],
  ])('%d bytes need parts of %d at least', (size, smallest) => {
    expect(smallestPartSize(size)).toBe(smallest)
    expect(partCount(size, smallest)).toBeLessThanOrEqual(MAX_PARTS)
    if (smallest > 1) expect(partCount(size, smallest - 1)).toBeGreaterThan(MAX_PARTS)
  })

  const file = fc
    .record({
      size: fc.oneof(
        fc.nat({ max: 5000 }),
        fc.integer({ min: 0, max: TB5 }),
        fc.integer({ min: 0, max: MOST }),
      ),
      more: fc.oneof(fc.constant(0), fc.nat()),
    })
    .map(({ size, more }) => ({ size, partSize: smallestPartSize(size) + more }))

  test('its ranges are the file: in order, without gaps, each but the last of partSize', () => {
    fc.assert(
      fc.property(file, fc.boolean(), ({ size, partSize }, exact) => {
        const bytes = exact ? size - (size % partSize) : size
        const parts = partCount(bytes, partSize)
        let end = 0
        for (let part = 1; part <= parts; part += 1) {
          const range = partRange(bytes, partSize, part)
          if (range.start !== end) throw new Error(`part ${part} starts at ${range.start}`)
          end = range.end
          const length = partLength(bytes, partSize, part)
          if (part < parts && length !== partSize) throw new Error(`part ${part}: ${length} bytes`)
          if (length < 1 && bytes > 0) throw new Error(`part ${part} is empty`)
        }
        expect(end).toBe(bytes)
        expect(parts).toBeLessThanOrEqual(MAX_PARTS)
      }),
      { numRuns: 300 },
    )
  })

  test('a file of zero bytes is one empty part', () => {
    expect(partCount(0, 10)).toBe(1)
    expect(partRange(0, 10, 1)).toEqual({ start: 0, end: 0 })
  })
})

describe('the table of ETags', () => {
  test('is a map that lists its keys in order, and never changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 700 }), fc.string({ minLength: 1 }))),
        (entries) => {
          let table = emptyEtags
          const model = new Map<number, string>()
          for (const [part, etag] of entries) {
            const before = JSON.stringify(table)
            const next = withEtag(table, part, etag)
            expect(JSON.stringify(table)).toBe(before)
            table = next
            model.set(part, etag)
          }
          expect(table.size).toBe(model.size)
          const sorted = [...model].sort(([a], [b]) => a - b)
          expect(listEtags(table)).toEqual(sorted.map(([part, etag]) => ({ part, etag })))
          for (const part of [0, 1, 127, 128, 129, 700]) {
            expect(etagOf(table, part)).toBe(model.get(part))
          }
        },
      ),
    )
  })

  test.each([1, 127, 128, 255, 256, 10_000])('holds part %d alone', (part) => {
    const table = withEtag(emptyEtags, part, 'x')
    expect(listEtags(table)).toEqual([{ part, etag: 'x' }])
    expect(etagOf(table, part + 1)).toBeUndefined()
  })

  test('one more ETag copies a bounded piece, however many there are', () => {
    let table = emptyEtags
    for (let part = 1; part <= 10_000; part += 1) table = withEtag(table, part, 'x')
    const next = withEtag(table, 5000, 'y')
    const copied = next.blocks.filter((block, index) => block !== table.blocks[index])
    expect(copied).toHaveLength(1)
    expect(copied[0]?.length).toBe(128)
    expect(next.blocks.length).toBeLessThan(80)
  })
})
