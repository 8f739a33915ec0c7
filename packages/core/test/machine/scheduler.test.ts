import { describe, expect, test } from 'vitest'
import {
  gateOf,
  newScheduler,
  type SchedulerEvent,
  type SchedulerState,
  schedule,
  slotsOf,
} from '../../src/machine/scheduler.ts'
import type { Window } from '../../src/machine/window.ts'
import { deepFreeze } from './deep-freeze.ts'

class Scheduler {
  state: SchedulerState
  /** What the uploads tell of their parts. */
  parts = { left: 1, bytes: 10, lifeMs: Number.POSITIVE_INFINITY }

  constructor(facts: Partial<Parameters<typeof newScheduler>[0]> = {}) {
    this.state = newScheduler({ slots: 2, configured: true, online: true, ...facts })
  }

  send(event: SchedulerEvent): string[] {
    const { state, effects } = schedule(deepFreeze(this.state), event)
    this.state = state
    return effects.map((effect) => {
      if (effect.type === 'changeGate') return `gate ${effect.gate} ${effect.ids.join()}`
      return `${effect.type} ${effect.id}`
    })
  }

  request(id: string, order = Number(id)): string[] {
    return this.send({ type: 'admissionRequested', id, order })
  }

  want(id: string, slots = 1, aging = false): string[] {
    return this.send({ type: 'slotsWanted', id, slots, aging, ...this.parts })
  }

  release(id: string, count = 1): string[] {
    return this.send({ type: 'slotsReleased', id, count })
  }
}

describe('admission', () => {
  test('four uploads for every slot, the oldest first, and the next when one leaves', () => {
    const s = new Scheduler({ slots: 1, online: false })
    for (const id of ['5', '3', '6', '1', '2', '4']) expect(s.request(id)).toEqual([])
    expect(s.send({ type: 'networkChanged', online: true })).toEqual([
      'gate open ',
      'admit 1',
      'admit 2',
      'admit 3',
      'admit 4',
    ])
    expect(s.send({ type: 'withdrawn', id: '2' })).toEqual(['admit 5'])
    expect(s.send({ type: 'withdrawn', id: 'nobody' })).toEqual([])
  })

  test.each([
    ['no configuration', { configured: false }, { type: 'configured' }],
    ['no network', { online: false }, { type: 'networkChanged', online: true }],
  ] as const)('waits while there is %s', (_, facts, event) => {
    const s = new Scheduler(facts)
    expect(s.request('1')).toEqual([])
    expect(s.send(event)).toEqual(['gate open ', 'admit 1'])
  })
})

describe('slots', () => {
  test('go to the oldest that wants some, as many as it wants', () => {
    const s = new Scheduler({ slots: 4 })
    for (const id of ['1', '2', '3']) s.request(id)
    s.want('3', 4)
    s.want('2')
    s.want('1', 2)
    expect(s.release('3', 4)).toEqual(['grantSlot 1', 'grantSlot 1', 'grantSlot 2'])
    expect(s.want('3', 9)).toEqual(['grantSlot 3'])
    expect(s.release('1', 2)).toEqual(['grantSlot 3', 'grantSlot 3'])
    expect(s.state.held).toBe(4)
  })

  test('go to the oldest that wants one, one at a time', () => {
    const s = new Scheduler()
    for (const id of ['1', '2']) s.request(id)
    expect(s.want('2')).toEqual(['grantSlot 2'])
    expect(s.want('2')).toEqual(['grantSlot 2'])
    expect(s.want('2')).toEqual([])
    expect(s.want('1')).toEqual([])
    expect(s.release('2')).toEqual(['grantSlot 1'])
    expect(s.want('1', 0)).toEqual([])
    expect(s.release('2')).toEqual(['grantSlot 2'])
    expect(s.state.held).toBe(2)
  })

  test('that were held come back with a withdrawal, and no more than that', () => {
    const s = new Scheduler()
    for (const id of ['1', '2']) s.request(id)
    s.want('1')
    s.want('1')
    s.want('2')
    expect(s.send({ type: 'withdrawn', id: '1' })).toEqual(['grantSlot 2'])
    expect(s.release('1', 2)).toEqual([])
    expect(s.state.held).toBe(1)
    s.release('2', 5)
    expect(s.state.held).toBe(0)
  })

  test('go to the oldest also if it was admitted last', () => {
    const s = new Scheduler({ slots: 1 })
    for (const id of ['2', '3', '1']) s.request(id)
    s.want('3')
    s.want('2')
    s.want('1')
    expect(s.release('3')).toEqual(['grantSlot 1'])
    expect(s.release('1')).toEqual(['grantSlot 2'])
  })

  test('are as many as serve, which the parts that land tell, or in a queue as many as may be', () => {
    const refused = { how: 'refused', startedAt: 0, endedAt: 1, retryAfterMs: undefined } as const
    const land = (s: Scheduler): number => {
      s.request('1')
      s.want('1')
      s.send({ type: 'slotsReleased', id: '1', count: 1, landing: refused })
      return slotsOf(s.state)
    }
    const s = new Scheduler({ slots: 30 })
    expect(slotsOf(s.state)).toBe(6)
    expect(land(s)).toBe(3)
    const queue = new Scheduler({ slots: 30, window: { tasks: 50, bytes: 1e9 } })
    expect(land(queue)).toBe(30)
    expect(queue.state.limit.slots).toBe(6)
  })

  test('of nobody who was not admitted', () => {
    expect(new Scheduler().want('1')).toEqual([])
  })

  test('are granted again when the gate opens', () => {
    const s = new Scheduler()
    s.request('1')
    expect(s.send({ type: 'constraintChanged', constrained: true })).toEqual(['gate constraint 1'])
    expect(s.want('1')).toEqual([])
    expect(s.send({ type: 'constraintChanged', constrained: false })).toEqual([
      'gate open 1',
      'grantSlot 1',
    ])
  })
})

describe('a slot is announced', () => {
  /** Has as many left to start, wants slots for some of them, and tells whether its URLs are aging. */
  const want = (s: Scheduler, id: string, left: number, wants: number, aging?: 'aging') => {
    s.parts = { ...s.parts, left }
    return s.want(id, wants, aging !== undefined)
  }
  /** One slot, in which the first upload has a part. */
  const busy = (left: number): Scheduler => {
    const s = new Scheduler({ slots: 1 })
    for (const id of ['1', '2', '3', '4']) s.request(id)
    want(s, '1', left, 10)
    return s
  }

  test('to whom it is granted next, as long as its URLs are aging', () => {
    const s = busy(100)
    expect(want(s, '1', 99, 9, 'aging')).toEqual(['announceSlot 1'])
    expect(want(s, '1', 99, 9)).toEqual([])
  })

  test('to those behind it only once few parts come before theirs', () => {
    const s = busy(6)
    expect(want(s, '2', 2, 2, 'aging')).toEqual([])
    expect(want(s, '3', 2, 2, 'aging')).toEqual([])
    expect(s.release('1')).toEqual(['grantSlot 1'])
    // Three are left of it.
    expect(s.release('1')).toEqual(['grantSlot 1', 'announceSlot 2'])
    want(s, '2', 2, 2)
    expect(s.release('1')).toEqual(['grantSlot 1'])
    expect(s.release('1')).toEqual(['grantSlot 1', 'announceSlot 3'])
  })

  test('behind as many parts as all slots send while URLs are asked for', () => {
    const s = new Scheduler({ slots: 2 })
    for (const id of ['1', '2']) s.request(id)
    want(s, '1', 10, 10)
    expect(want(s, '2', 1, 1, 'aging')).toEqual([])
    expect(s.release('1')).toEqual(['grantSlot 1', 'announceSlot 2'])
  })

  test('later where parts failed meanwhile, which whoever holds the slots tells', () => {
    const s = busy(5)
    want(s, '1', 6, 9)
    want(s, '2', 2, 2, 'aging')
    expect(s.release('1')).toEqual(['grantSlot 1'])
  })

  test('to nobody while nothing may be sent', () => {
    const s = busy(100)
    s.send({ type: 'networkChanged', online: false })
    expect(want(s, '1', 99, 9, 'aging')).toEqual([])
  })
})

describe('places in a queue', () => {
  const queue = (window: Partial<Window> = {}): Scheduler => {
    const s = new Scheduler({ window: { tasks: 5, bytes: Number.POSITIVE_INFINITY, ...window } })
    for (const id of ['1', '2']) s.request(id)
    return s
  }
  /** How many places the upload gets until it has to wait. */
  const fill = (s: Scheduler, id = '1'): number => {
    let count = 0
    while (s.want(id).length > 0) count += 1
    return count
  }

  test('are as many as its window has, not as parts are sent at once', () => {
    expect(fill(queue())).toBe(5)
    expect(fill(queue({ tasks: 1 }))).toBe(1)
  })

  test('are no more than its bytes allow, but one part always fits', () => {
    expect(fill(queue({ bytes: 39 }))).toBe(3)
    expect(fill(queue({ bytes: 9 }))).toBe(1)
  })

  test('count what other uploads have there', () => {
    const s = queue({ bytes: 100 })
    s.parts = { ...s.parts, bytes: 60 }
    expect(fill(s, '2')).toBe(1)
    s.parts = { ...s.parts, bytes: 20 }
    expect(fill(s, '1')).toBe(2)
  })

  test('follow a window that changes', () => {
    const s = queue()
    fill(s)
    expect(s.send({ type: 'windowChanged', window: { tasks: 6, bytes: 1000 } })).toEqual([
      'grantSlot 1',
    ])
    s.send({ type: 'windowChanged', window: { tasks: 0, bytes: 0 } })
    expect(s.release('1', 5)).toEqual([])
    s.want('1')
    expect(s.release('1')).toEqual(['grantSlot 1'])
  })

  test('are for parts that are done within half the life of their URLs', () => {
    // A part of 10 bytes weighs 65,546: they take a minute each, one after the other.
    const s = queue({ tasks: 100 })
    s.send({ type: 'slotsReleased', id: '1', count: 0, msPerLoad: 60_000 / 65_546 })
    s.parts = { left: 1, bytes: 10, lifeMs: 15 * 60_000 }
    expect(fill(s)).toBe(7)
    s.parts = { left: 1, bytes: 10, lifeMs: 3_600_000 }
    expect(fill(s)).toBe(23)
    // Before anything was measured: 5 Mbit/s.
    const young = queue({ tasks: 1000 })
    young.parts = { left: 1, bytes: 8_000_000, lifeMs: 15 * 60_000 }
    expect(fill(young)).toBe(34)
    // As many as are sent at once need not wait for others.
    const hasty = queue()
    hasty.send({ type: 'slotsReleased', id: '1', count: 0, msPerLoad: 1e9 })
    hasty.parts = { left: 1, bytes: 10, lifeMs: 1 }
    expect(fill(hasty)).toBe(2)
  })

  test('of an earlier process are kept, and their upload works, whoever waits', () => {
    const s = queue()
    const kept = { type: 'slotsKept', id: '9', order: 9, count: 4, bytes: 10 } as const
    expect(s.send(kept)).toEqual(['admit 9'])
    expect(fill(s)).toBe(1)
    expect(s.release('9', 4)).toEqual(['grantSlot 1'])
  })

  test('admit as many uploads as there are places', () => {
    const s = new Scheduler({ slots: 1, window: { tasks: 9, bytes: 1e9 } })
    const ids = Array.from({ length: 20 }, (_, n) => String(n))
    expect(ids.flatMap((id) => s.request(id))).toHaveLength(9)
  })
})

describe('the gate', () => {
  test.each([
    [{ configured: false, online: false, constrained: true }, 'config'],
    [{ configured: true, online: false, constrained: true }, 'network'],
    [{ configured: true, online: true, constrained: true }, 'constraint'],
    [{ configured: true, online: true, constrained: false }, 'open'],
  ])('%o: %s', (facts, gate) => {
    expect(gateOf({ ...new Scheduler().state, ...facts })).toBe(gate)
  })

  test('is told once, to those who were admitted', () => {
    const s = new Scheduler()
    s.request('1')
    s.request('2')
    expect(s.send({ type: 'networkChanged', online: false })).toEqual(['gate network 1,2'])
    expect(s.send({ type: 'networkChanged', online: false })).toEqual([])
    // The network is the more pressing reason.
    expect(s.send({ type: 'constraintChanged', constrained: true })).toEqual([])
    expect(s.send({ type: 'networkChanged', online: true })).toEqual(['gate constraint 1,2'])
  })
})

test('100,000 uploads are queued and admitted in order', () => {
  const s = new Scheduler({ slots: 6 })
  for (let n = 0; n < 100_000; n += 1) s.request(String(n))
  for (let n = 0; n < 50_000; n += 1) s.send({ type: 'withdrawn', id: String(n) })
  expect(s.state.admitted.map(({ order }) => order)).toEqual(
    Array.from({ length: 24 }, (_, n) => 50_000 + n),
  )
})
