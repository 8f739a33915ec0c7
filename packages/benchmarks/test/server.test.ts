import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { allocatedBetween } from '../src/bench/heap-meter.ts'
import { DelayLine } from '../src/bench/server/delay-line.ts'
import { parallelOf, TrafficMeter } from '../src/bench/server/traffic-meter.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('what is delayed comes in its order, each so much later', () => {
  const arrived: string[] = []
  const line = new DelayLine<string>(10, (item) => arrived.push(item))
  line.push('a')
  vi.advanceTimersByTime(6)
  line.push('b')
  line.push('c')
  vi.advanceTimersByTime(3)
  expect(arrived).toEqual([])
  vi.advanceTimersByTime(1)
  expect(arrived).toEqual(['a'])
  vi.advanceTimersByTime(6)
  expect(arrived).toEqual(['a', 'b', 'c'])
})

test('nothing sets out before its time, and nothing overtakes it', () => {
  const arrived: string[] = []
  const line = new DelayLine<string>(10, (item) => arrived.push(item))
  line.push('first', performance.now() + 20)
  line.push('second')
  vi.advanceTimersByTime(29)
  expect(arrived).toEqual([])
  vi.advanceTimersByTime(1)
  expect(arrived).toEqual(['first', 'second'])
})

test('what is on its way when the line closes is lost', () => {
  const arrived: string[] = []
  const line = new DelayLine<string>(10, (item) => arrived.push(item))
  line.push('a')
  line.close()
  vi.advanceTimersByTime(100)
  expect(arrived).toEqual([])
})

test.each([
  [
    'two all the time',
    [
      [0, 10],
      [0, 10],
      [10, 20],
      [10, 20],
    ],
    2,
  ],
  [
    'one after the other',
    [
      [0, 10],
      [10, 20],
      [20, 30],
    ],
    1,
  ],
  [
    'with pauses as long',
    [
      [0, 10],
      [20, 30],
      [40, 50],
    ],
    0.5,
  ],
  [
    'the end counts for nothing',
    [
      [0, 10],
      [10, 1000],
    ],
    1,
  ],
  ['one alone', [[0, 10]], 0],
  ['none', [], 0],
])('PUTs at the same time: %s', (_, spans, expected) => {
  expect(parallelOf(spans.map(([from = 0, to = 0]) => ({ from, to })))).toBe(expected)
})

test('PUTs count from when their client began them to when it hears of their end', () => {
  const meter = new TrafficMeter(10)
  const first = meter.begin()
  vi.advanceTimersByTime(30)
  first.stored(100)
  first.ended()
  const second = meter.begin()
  expect([first.number, second.number]).toEqual([1, 2])
  second.ended()
  // From 5 before 0 to 5 after 30, and the second began at 25.
  expect(meter.take()).toEqual({ bytes: 100, puts: 2, refused: 0, reset: 0, parallel: 1 })
})

test('a PUT that outlives its lap is not counted in the next one', () => {
  const meter = new TrafficMeter(0)
  const late = meter.begin()
  expect(meter.take().puts).toBe(1)
  meter.refuse()
  late.stored(100)
  late.ended()
  expect(meter.inFlight).toBe(0)
  expect(meter.take()).toEqual({ bytes: 0, puts: 0, refused: 1, reset: 0, parallel: 0 })
})

test('what was allocated is what the heap grew by between collections', () => {
  const collection = (before: number, after: number) => ({
    cost: 0,
    beforeGC: { heapStatistics: { usedHeapSize: before } },
    afterGC: { heapStatistics: { usedHeapSize: after } },
  })
  expect(allocatedBetween(100, [collection(180, 50), collection(90, 60)], 75)).toBe(80 + 40 + 15)
  expect(allocatedBetween(100, [], 130)).toBe(30)
})
