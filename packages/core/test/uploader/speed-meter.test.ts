import { describe, expect, test } from 'vitest'
import { SpeedMeter } from '../../src/uploader/speed-meter.ts'

/** Bytes at times in milliseconds. */
function meterOf(...samples: readonly (readonly [at: number, bytes: number])[]): SpeedMeter {
  const meter = new SpeedMeter()
  for (const [at, bytes] of samples) meter.note(at, bytes)
  return meter
}

describe('speed', () => {
  test('is zero before anything moved', () => {
    expect(new SpeedMeter().rate(1000)).toBe(0)
    expect(meterOf([1000, 0]).rate(1000)).toBe(0)
    expect(meterOf([1000, 0]).rate(2000)).toBe(0)
  })

  test('is what moved since the first sample', () => {
    expect(meterOf([1000, 0], [2000, 500]).rate(2000)).toBe(500)
    expect(meterOf([0, 100], [500, 600], [1000, 1100]).rate(1000)).toBe(1000)
  })

  test('looks at the last five seconds only', () => {
    const meter = new SpeedMeter()
    for (let at = 0; at <= 10_000; at += 100)
      meter.note(at, at <= 5000 ? at * 10 : 50_000 + (at - 5000))
    // 10,000 a second at first, 1,000 a second later.
    expect(meter.rate(10_000)).toBeGreaterThan(900)
    expect(meter.rate(10_000)).toBeLessThan(1300)
  })

  test('falls while nothing moves, to zero', () => {
    const meter = meterOf([0, 0], [1000, 1000])
    const rates = [1000, 2000, 4000, 6001].map((now) => meter.rate(now))
    expect(rates).toEqual([...rates].sort((a, b) => b - a))
    expect(rates.at(-1)).toBe(0)
  })

  test('is never negative when the count begins anew', () => {
    const meter = meterOf([0, 0], [1000, 1000], [1500, 0], [2500, 200])
    expect(meter.rate(2500)).toBe(200)
  })

  test('does not jump when samples crowd', () => {
    const meter = meterOf([0, 0])
    for (let at = 1; at <= 1000; at += 1) meter.note(at, at * 2)
    expect(meter.rate(1000)).toBeCloseTo(2000, 6)
  })
})
