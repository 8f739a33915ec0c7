import { virtualClock } from '@s3-bg-uploader/testkit/sim'
import { expect, test } from 'vitest'

test('timers ring in the order of their time, then of their setting', async () => {
  const clock = virtualClock()
  const rung: string[] = []
  clock.setTimer(() => rung.push(`c ${clock.now()}`), 20)
  clock.setTimer(() => rung.push(`a ${clock.now()}`), 10)
  clock.setTimer(() => rung.push(`b ${clock.now()}`), 10)
  await clock.advance(15)
  expect(rung).toEqual(['a 10', 'b 10'])
  expect(clock.now()).toBe(15)
  await clock.advance(5)
  expect(rung).toEqual(['a 10', 'b 10', 'c 20'])
})

test('what a timer leads to happens before the next one, promises included', async () => {
  const clock = virtualClock()
  const rung: string[] = []
  const soon = async (): Promise<void> => {
    for (let tick = 0; tick < 50; tick += 1) await undefined
    rung.push('after promises')
    clock.setTimer(() => rung.push(`set on the way ${clock.now()}`), 5)
  }
  clock.setTimer(() => void soon(), 10)
  clock.setTimer(() => rung.push('second'), 11)
  await clock.advance(100)
  expect(rung).toEqual(['after promises', 'second', 'set on the way 15'])
})

test('a cancelled timer does not ring', async () => {
  const clock = virtualClock()
  let rung = 0
  const cancel = clock.setTimer(() => {
    rung += 1
  }, 10)
  expect(clock.nextAt()).toBe(10)
  cancel()
  cancel()
  expect(clock.nextAt()).toBeUndefined()
  await clock.advance(20)
  expect(rung).toBe(0)
  expect(clock.runNext()).toBe(false)
})

test('no timer rings too early, whatever the fraction', async () => {
  const clock = virtualClock()
  const delay = 0.1 + 0.2
  let at = -1
  clock.setTimer(() => {
    at = clock.now()
  }, delay)
  await clock.advance(1)
  expect(at).toBeGreaterThanOrEqual(delay)
})

test('the wall clock can be set without any time passing', () => {
  const clock = virtualClock({ wall: 1_000 })
  clock.shiftWall(-400)
  expect([clock.now(), clock.wall()]).toEqual([0, 600])
})

test('many timers stay in order', async () => {
  const clock = virtualClock()
  const rung: number[] = []
  for (let timer = 0; timer < 1_000; timer += 1) {
    const delay = (timer * 7919) % 997
    clock.setTimer(() => rung.push(delay), delay)
  }
  await clock.advance(1_000)
  expect(rung).toHaveLength(1_000)
  expect(rung).toEqual([...rung].sort((a, b) => a - b))
})
