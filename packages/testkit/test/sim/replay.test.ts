import { SeededRandom, simulate } from '@s3-bg-uploader/testkit/sim'
import { expect, test } from 'vitest'

const SEEDS = Array.from({ length: 40 }, (_, index) => index * 7 + 3)

test('a seed gives the same transcript every time', async () => {
  for (const seed of SEEDS) {
    const first = await simulate(seed, { transcript: true })
    const second = await simulate(seed, { transcript: true })
    expect(first.transcript.length).toBeGreaterThan(5)
    expect(second.transcript).toEqual(first.transcript)
    expect(second.steps).toBe(first.steps)
  }
})

test('a transcript changes nothing', async () => {
  for (const seed of SEEDS) {
    const { steps, elapsed } = await simulate(seed)
    const told = await simulate(seed, { transcript: true })
    expect([told.steps, told.elapsed]).toEqual([steps, elapsed])
  }
})

test('without faults a run is as short as the protocol allows', async () => {
  const { transcript, violation } = await simulate(7, {
    only: new Set(),
    maxFiles: 1,
    transcript: true,
  })
  expect(violation).toBeUndefined()
  const calls = transcript.filter((line) => / client1 +(start|urls|PUT|complete|list) /.test(line))
  const names = calls.map((line) => /client1 +(\w+)/.exec(line)?.[1])
  expect(names[0]).toBe('start')
  expect(names[1]).toBe('urls')
  expect(names.at(-1)).toBe('complete')
  expect(names.filter((name) => name === 'complete')).toHaveLength(1)
})

test('one more draw of one name leaves the draws of the others as they are', () => {
  const one = new SeededRandom(42)
  const other = new SeededRandom(42)
  other.draw('more')
  const draws = (random: SeededRandom): number[] => [1, 2, 3].map(() => random.draw('name'))
  expect(draws(other)).toEqual(draws(one))
  expect(new SeededRandom(43).draw('name')).not.toBe(new SeededRandom(42).draw('name'))
  expect(new SeededRandom(42 + 2 ** 33).draw('name')).not.toBe(new SeededRandom(42).draw('name'))
})

test('draws are spread evenly over [0, 1)', () => {
  const random = new SeededRandom(1)
  const buckets = new Array<number>(10).fill(0)
  for (let draw = 0; draw < 10_000; draw += 1) {
    const bucket = Math.floor(random.draw('spread') * 10)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }
  for (const count of buckets) expect(count).toBeGreaterThan(850)
})
