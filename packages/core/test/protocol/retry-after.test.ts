import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRetryAfter } from '../../src/protocol/retry-after.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const DAY = 86_400_000
const now = Date.UTC(2026, 0, 2, 3, 4, 5)

test.each([
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7000],
  ['999999999999', DAY],
  ['9'.repeat(400), DAY],
  ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
  ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
  ['Fri, 02 Jan 2099 03:00:00 GMT', DAY],
])('%s is %d ms', (value, expected) => {
  expect(readRetryAfter(value, now)).toBe(expected)
})

test.each([null, undefined, '', '-1', '1.5', '1e3', '0x10', 'soon', '5 s'])(
  '%s is unreadable',
  (value) => {
    expect(readRetryAfter(value, now)).toBeUndefined()
  },
)

test('never outside of 0 to 24 hours', () => {
  const headers = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.bigInt().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  )
  fc.assert(
    fc.property(headers, fc.integer(), (header, serverNow) => {
      const wait = readRetryAfter(header, serverNow) ?? 0
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThanOrEqual(DAY)
    }),
  )
})
