import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readHttpDate } from '../../src/protocol/http-date.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

test('the example of RFC 9110', () => {
  expect(readHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
})

test('space around it says nothing', () => {
  expect(readHttpDate(' Sun, 06 Nov 1994 08:49:37 GMT\t')).toBe(Date.UTC(1994, 10, 6, 8, 49, 37))
})

test.each([
  null,
  undefined,
  '',
  'garbage',
  '1994-11-06T08:49:37Z',
  'Sun, 06 Nov 1994 08:49:37 +0100',
  'Sun, 06 Nov 1994 08:49:37 GMT+1',
  'On Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Foo 1994 08:49:37 GMT',
  'Sun, 31 Feb 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:49:37 GMT',
  'Sun, 06 Nov 1994 08:60:37 GMT',
])('%s is no HTTP date', (value) => {
  expect(readHttpDate(value)).toBeUndefined()
})

test('reads whatever toUTCString writes', () => {
  const noInvalidDate = true
  const min = new Date('1970-01-01')
  const max = new Date('9999-12-31')
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate }), (date) => {
      expect(readHttpDate(date.toUTCString())).toBe(Math.floor(date.getTime() / 1000) * 1000)
    }),
  )
})
