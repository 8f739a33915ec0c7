import { describe, expect, test } from 'vitest'
import { readTimes } from '../../src/protocol/expiry.ts'
import { ServerTime } from '../../src/protocol/server-time.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
/** The true time when the monotonic clock shows 0. */
const START = Date.UTC(2026, 0, 2, 3, 4, 5)

/** A user's clock that is off by so much, and URLs that were signed when the true clock said so. */
function clocks(offMs: number) {
  let now = 0
  const serverTime = new ServerTime({ now: () => now, wall: () => START + now + offMs })
  return {
    pass: (ms: number): void => {
      now += ms
    },
    /** What is made of an answer that comes now, against the true time. */
    error: (urls: readonly string[], answer: { date?: number; receivedAt?: number } = {}): number =>
      serverTime.now(
        { date: answer.date, receivedAt: answer.receivedAt ?? now },
        urls.map(readTimes),
      ) -
      (START + now),
    signed: (agoMs: number, lifeMs: number, scheme = 'Amz'): string => {
      const date = new Date(START + now - agoMs).toISOString().replace(/[-:]|\.\d+/g, '')
      return `https://s3.test/k?X-${scheme}-Date=${date}&X-${scheme}-Expires=${lifeMs / 1000}`
    },
  }
}

describe('without a Date header', () => {
  test.each([
    ['right', 0, 0],
    ['a day behind', -DAY, 0],
    ['a day ahead', DAY, 0],
    // It may be that the URL was signed half an hour ago, so half of its life is given up.
    ['half an hour ahead', HOUR / 2, HOUR / 2],
    ['half an hour behind', -HOUR / 2, 0],
  ])('a fresh URL puts a clock right that is %s', (_, offMs, error) => {
    const { error: of, signed } = clocks(offMs)
    expect(of([signed(0, HOUR)])).toBe(error)
    expect(of([signed(0, HOUR, 'Goog')])).toBe(error)
  })

  test.each([-DAY, DAY])('the newest of several URLs counts: %d ms off', (offMs) => {
    const { error, signed } = clocks(offMs)
    expect(error([signed(HOUR / 2, HOUR), signed(60_000, HOUR), signed(HOUR / 3, HOUR)])).toBe(
      -60_000,
    )
  })

  test.each([-DAY, DAY])('what a fresh URL told is remembered: %d ms off', (offMs) => {
    const { error, pass, signed } = clocks(offMs)
    expect(error([signed(0, HOUR)])).toBe(0)
    pass(HOUR / 2)
    // From the cache of the backend.
    expect(error([signed(HOUR / 2, HOUR)])).toBe(0)
    pass(10 * DAY)
    expect(error([signed(HOUR / 2, HOUR)])).toBe(0)
  })

  test('a right clock is believed before URLs that were signed a while ago', () => {
    const { error, signed } = clocks(0)
    expect(error([signed(HOUR / 2, HOUR)])).toBe(0)
  })

  test('one URL that has expired by the clock of the user says that this one is ahead', () => {
    const { error, signed } = clocks(HOUR / 2)
    expect(error([signed(0, HOUR), signed(HOUR * 0.6, HOUR)])).toBe(0)
  })

  test('a URL that does not tell takes nothing from what others tell', () => {
    const { error, signed } = clocks(-DAY)
    expect(error([signed(0, HOUR), 'https://s3.test/k'])).toBe(0)
  })

  test('a URL that expires this very moment by the clock of the user says so too', () => {
    const { error, signed } = clocks(HOUR)
    expect(error([signed(0, HOUR)])).toBe(0)
  })

  test('URLs were signed before their answer came, not when it was read', () => {
    const { error, pass, signed } = clocks(-DAY)
    const url = signed(0, HOUR)
    pass(5000)
    expect(error([url], { receivedAt: 0 })).toBe(0)
  })

  test.each([[], ['https://s3.test/k'], ['https://s3.test/k?Expires=1700000000&Signature=x']])(
    'URLs that do not tell leave nothing but the clock of the user: %s',
    (...urls) => {
      expect(clocks(DAY).error(urls)).toBe(DAY)
      expect(clocks(-DAY).error(urls)).toBe(-DAY)
    },
  )
})

describe('a Date header', () => {
  test.each([-DAY, 0, DAY])('is believed before everything else: %d ms off', (offMs) => {
    const { error, pass, signed } = clocks(offMs)
    const url = signed(HOUR, HOUR)
    pass(3000)
    expect(error([url], { date: START + 1000, receivedAt: 1000 })).toBe(0)
  })
})
