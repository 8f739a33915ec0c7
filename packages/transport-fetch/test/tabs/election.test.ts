import { virtualClock } from '@s3-bg-uploader/testkit/sim'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Election } from '../../src/tabs/election.ts'
import { LocksInMemory } from '../journal/locks-in-memory.ts'

function standing({ locks = new LocksInMemory(), failures = 0 } = {}) {
  const clock = virtualClock()
  const tab = {}
  const log: string[] = []
  const listeners = new Set<(frozen: boolean) => void>()
  const onFailure = vi.fn()
  let toFail = failures
  const election = new Election({
    locks: locks.of(tab),
    name: 'tabs',
    clock,
    lifecycle: {
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    async lead() {
      log.push('lead')
      if (toFail-- > 0) throw new Error('No disk')
      return async () => {
        log.push('end')
      }
    },
    onFailure,
  })
  onTestFinished(() => election.leave())
  const freeze = (frozen: boolean): void => {
    for (const listener of listeners) listener(frozen)
  }
  return { clock, tab, log, listeners, onFailure, election, freeze, locks }
}

test('who could not lead rests for five seconds, and lets others try meanwhile', async () => {
  const { clock, log, onFailure, locks } = standing({ failures: 2 })
  await clock.advance(0)
  expect(log).toEqual(['lead'])
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(new Error('No disk'))
  expect(locks.isHeld('tabs')).toBe(false)
  await clock.advance(4999)
  expect(log).toEqual(['lead'])
  await clock.advance(1)
  expect(log).toEqual(['lead', 'lead'])
  await clock.advance(5000)
  expect(log).toEqual(['lead', 'lead', 'lead'])
  expect(locks.isHeld('tabs')).toBe(true)
})

test('who leaves while it rests rests no longer', async () => {
  const { clock, log, election, listeners } = standing({ failures: 1 })
  await clock.advance(0)
  await election.leave()
  await clock.advance(10_000)
  expect(log).toEqual(['lead'])
  expect(listeners.size).toBe(0)
  expect(clock.nextAt()).toBeUndefined()
})

test('who is told to leave because it cannot lead does not rest first', async () => {
  const { clock, onFailure, election } = standing({ failures: 1 })
  const left = vi.fn()
  onFailure.mockImplementation(() => {
    void election.leave().then(left)
  })
  await clock.advance(0)
  expect(left).toHaveBeenCalled()
})

test('a leader whose lock is taken leads no more, and stands again', async () => {
  const { clock, tab, log, locks } = standing()
  await clock.advance(0)
  locks.take(tab)
  await clock.advance(0)
  expect(log).toEqual(['lead', 'end', 'lead'])
})

test('a frozen page gives the lock back, and asks for none until it is resumed', async () => {
  const locks = new LocksInMemory()
  const first = standing({ locks })
  const second = standing({ locks })
  await first.clock.advance(0)
  second.freeze(true)
  first.freeze(true)
  first.freeze(true)
  await first.clock.advance(0)
  expect(first.log).toEqual(['lead', 'end'])
  expect(locks.isHeld('tabs')).toBe(false)
  second.freeze(false)
  await second.clock.advance(0)
  expect(second.log).toEqual(['lead'])
  first.freeze(false)
  await first.clock.advance(0)
  expect(first.log).toEqual(['lead', 'end'])
  expect(first.onFailure).not.toHaveBeenCalled()
  expect(second.onFailure).not.toHaveBeenCalled()
})

test('who leaves leads no more, and lets the next one lead only then', async () => {
  const locks = new LocksInMemory()
  const first = standing({ locks })
  const second = standing({ locks })
  await first.clock.advance(0)
  await first.election.leave()
  expect(first.log).toEqual(['lead', 'end'])
  await second.clock.advance(0)
  expect(second.log).toEqual(['lead'])
})

test('a browser that has locks but gives none is no leader', async () => {
  const { clock, onFailure } = standing({
    locks: {
      of: () => ({ request: () => Promise.reject(new DOMException('denied', 'SecurityError')) }),
    } as never,
  })
  await clock.advance(0)
  expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ name: 'SecurityError' }))
})
