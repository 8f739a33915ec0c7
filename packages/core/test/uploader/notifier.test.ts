import { describe, expect, test } from 'vitest'
import { Notifier } from '../../src/uploader/notifier.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

function counter(): { calls: number; notify(): void } {
  return {
    calls: 0,
    notify() {
      this.calls += 1
    },
  }
}

describe('the notifier', () => {
  test('tells of many changes once, and of each that changed', async () => {
    const clock = new VirtualClock()
    const notifier = new Notifier(clock, () => {})
    const [one, two, three] = [counter(), counter(), counter()]
    for (let round = 0; round < 100; round += 1) notifier.mark(one)
    notifier.mark(two)
    expect([one.calls, two.calls]).toEqual([0, 0])
    await clock.advance(50)
    expect([one.calls, two.calls, three.calls]).toEqual([1, 1, 0])
    expect(clock.pending).toBe(0)
  })

  test('tells at most 20 times a second, and never forgets the last change', async () => {
    const clock = new VirtualClock()
    const notifier = new Notifier(clock, () => {})
    const one = counter()
    for (let at = 0; at < 1000; at += 1) {
      notifier.mark(one)
      await clock.advance(1)
    }
    expect(one.calls).toBeLessThanOrEqual(20)
    const before = one.calls
    notifier.mark(one)
    await clock.exhaust()
    expect(one.calls).toBe(before + 1)
  })

  test('hears of changes that are made while it tells', async () => {
    const clock = new VirtualClock()
    const notifier = new Notifier(clock, () => {})
    const one = counter()
    const again = {
      notify(): void {
        notifier.mark(one)
      },
    }
    notifier.mark(again)
    await clock.exhaust()
    expect(one.calls).toBe(1)
  })

  test('tells with them what is gathered from them, also when it is closed', async () => {
    const clock = new VirtualClock()
    const [one, sum] = [counter(), counter()]
    const notifier: Notifier = new Notifier(clock, () => notifier.mark(sum))
    notifier.mark(one)
    await clock.advance(50)
    expect([one.calls, sum.calls, clock.pending]).toEqual([1, 1, 0])
    notifier.close()
    expect([one.calls, sum.calls, clock.pending]).toEqual([1, 2, 0])
  })

  test('tells what is left when it is closed, and leaves no timer', async () => {
    const clock = new VirtualClock()
    const notifier = new Notifier(clock, () => {})
    const one = counter()
    notifier.mark(one)
    notifier.close()
    expect(one.calls).toBe(1)
    expect(clock.pending).toBe(0)
  })
})
