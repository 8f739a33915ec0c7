import { describe, expect, test } from 'vitest'
import { bytes, counted, duration, percent, speed } from '../src/text/quantities.ts'

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [1234, '1.23 kB'],
    [9_994, '9.99 kB'],
    [9_996, '10.0 kB'],
    [99_960, '100 kB'],
    [999_499, '999 kB'],
    [999_600, '1.00 MB'],
    [45_600_000, '45.6 MB'],
    [5e12, '5.00 TB'],
    [5e15, '5000 TB'],
  ])('%d are %s', (count, text) => {
    expect(bytes(count)).toBe(text)
  })

  test('a second are a speed', () => {
    expect(speed(1_500_000)).toBe('1.50 MB/s')
  })
})

describe('duration', () => {
  test.each([
    [0.2, '1 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [130, '2 min 10 s'],
    [3600, '1 h'],
    [4320, '1 h 12 min'],
    [3 * 86_400, '3 days'],
  ])('%d s are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text)
  })
})

test('percents are not rounded up: 100 is kept for what is all there', () => {
  expect([percent(0), percent(99.9), percent(100)]).toEqual(['0 %', '99 %', '100 %'])
})

test('one of a noun is singular', () => {
  expect([counted(1, 'part'), counted(2000, 'part')]).toEqual(['1 part', '2,000 parts'])
})
