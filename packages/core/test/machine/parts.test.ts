import { describe, expect, test } from 'vitest'
import type { Rules } from '../../src/machine/rules.ts'
import { newUpload } from '../../src/machine/upload-state.ts'
import { answered, broken, fileOf, lost, noEtag, Script } from './script.ts'

const rejected = answered(403)

describe('a PUT that fails', () => {
  test('waits, goes again with the same URL, and fails in the end', () => {
    const s = new Script().toFlights()
    expect(s.putFailed(1, broken, 0.5)).toEqual(['releaseSlots 1', 'wake 500'])
    expect(s.ring()).toEqual(['wantSlots 1', 'wake 60000'])
    expect(s.grant()).toContain('put 1 [0,10) url1')
    expect(s.putFailed(1, answered(503), 0.5)).toContain('wake 1500')
    s.ring()
    s.grant()
    expect(s.putFailed(1, broken)).toEqual([
      'releaseSlots 1',
      'cancelPuts 2',
      'releaseSlots 1',
      'withdraw',
      'journalUpload',
      'wake Infinity',
    ])
    expect(s.state.failedWith).toMatchObject({ code: 'network_failed', step: 'put', part: 1 })
  })

  test('keeps its place, so that a storage in trouble is not asked for other parts', () => {
    const s = new Script().toFlights()
    s.putFailed(1, answered(503))
    expect(s.effects.join()).not.toContain('wantSlots')
    s.confirmed(2)
    expect(s.effects).toContain('wantSlots 1')
  })

  test('waits as long as Retry-After asks, and a bit that differs', () => {
    const s = new Script().toFlights()
    expect(s.putFailed(1, answered(503, 20_000), 0.25)).toEqual(['releaseSlots 1', 'wake 20250'])
  })

  test.each([
    [answered(400), 'storage_rejected'],
    [answered(411), 'storage_rejected'],
    [noEtag, 'etag_missing'],
    [{ kind: 'local', code: 'source_changed', message: 'short read' } as const, 'source_changed'],
  ])('%o is not tried again: %s', (failure, code) => {
    const s = new Script().toFlights()
    s.putFailed(2, failure)
    expect(s.state.failedWith).toMatchObject({ code, part: 2 })
  })

  test('while the network is away, counts nothing and waits for it', () => {
    const s = new Script({ retry: { attempts: 1, baseMs: 1, capMs: 1 } }).toFlights()
    s.send({ type: 'gateChanged', gate: 'network' })
    expect(s.putFailed(1, broken)).toEqual(['releaseSlots 1'])
    expect(s.putFailed(2, broken)).toEqual(['releaseSlots 1', 'wake Infinity'])
    expect(s.status).toBe('uploading')
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('wantSlots 1')
    expect(s.state.multipart?.signing?.parts).toEqual([
      { part: 1, failed: 0 },
      { part: 2, failed: 0 },
    ])
  })

  test('while the network is away, but for another reason, counts', () => {
    const s = new Script().toFlights()
    s.send({ type: 'gateChanged', gate: 'network' })
    s.putFailed(1, answered(503))
    expect(s.state.multipart?.delayed).toMatchObject([{ part: 1, failed: 1 }])
    s.putFailed(2, { kind: 'local', code: 'source_changed', message: 'short read' })
    expect(s.state.failedWith).toMatchObject({ code: 'source_changed', part: 2 })
  })

  test('tells how the exchange ended, and so does one that does not', () => {
    const s = new Script().toFlights()
    s.now = 300
    s.putFailed(1, broken)
    s.confirmed(2)
    const landings = s.raw.concat().map((effect) => 'landing' in effect && effect.landing)
    expect(landings).toContainEqual({ how: 'stored', startedAt: 0, endedAt: 300, load: 65_546 })
  })

  test('takes back no bytes that were on their way', () => {
    const s = new Script().toFlights()
    const progress = (part: number, sentBytes: number): void => {
      s.send({ type: 'partProgressed', taskId: s.task(part), sentBytes })
    }
    progress(1, 8)
    progress(2, 1)
    expect(s.state.sentBytes).toBe(9)
    s.putFailed(1, broken)
    progress(2, 4)
    expect(s.state.sentBytes).toBe(9)
    s.confirmed(2)
    expect(s.state.sentBytes).toBe(10)
  })

  test('403: a fresh URL at once, then with a pause, then storage_rejected', () => {
    const s = new Script({ slots: 1 }, newUpload(fileOf(10))).toSigned()
    s.grant()
    expect(s.putFailed(1, rejected)).toEqual(['releaseSlots 1', 'callUrls 1'])
    s.signed()
    s.grant()
    expect(s.putFailed(1, rejected, 0.5)).toEqual(['releaseSlots 1', 'wake 1000'])
    expect(s.ring()).toContain('callUrls 1')
    s.signed()
    s.grant()
    s.putFailed(1, rejected)
    expect(s.state.failedWith).toMatchObject({ code: 'storage_rejected', part: 1 })
  })

  test('NoSuchUpload: from startUpload again, a bounded number of times', () => {
    const s = new Script().toFlights()
    s.confirmed(1)
    expect(s.putFailed(2, lost)).toEqual([
      'wantSlots 0',
      'releaseSlots 1',
      'forgetParts 0/1..3',
      'journalUpload',
      'callStart',
    ])
    expect(s.status).toBe('starting')
    s.started()
    s.journaled()
    s.signed()
    expect(s.grant()).toContain('put 1 [0,10) url1')
    s.putFailed(1, lost)
    expect(s.state.failedWith).toMatchObject({ code: 'upload_lost', part: 1 })
  })
})

describe('a 2xx without an ETag', () => {
  test('is looked up in the list once nothing else is to be sent', () => {
    const s = new Script({ canList: true }).toFlights()
    expect(s.putFailed(1, noEtag)).toEqual(['wantSlots 1', 'releaseSlots 1'])
    s.grant()
    s.confirmed(2)
    expect(s.confirmed(3)).toContain('callList')
    expect(s.listed(1)).toEqual(['journalPart 1 e1', 'journalUpload', 'wake Infinity'])
    // No queue need forget it.
    expect(s.raw[0]).toMatchObject({ type: 'journalPart', taskId: undefined })
    expect(s.journaled()).toContain('callComplete')
  })

  test('of several is sent again only where the list does not have it', () => {
    const s = new Script({ canList: true }, newUpload(fileOf(20))).toFlights()
    s.putFailed(1, noEtag)
    expect(s.putFailed(2, noEtag)).toContain('callList')
    expect(s.listed(1)).toEqual(['journalPart 1 e1', 'callUrls 2'])
  })

  test('is not looked for among parts that this upload cannot have', () => {
    const s = new Script({ canList: true }, newUpload(fileOf(20))).toFlights()
    s.putFailed(1, noEtag)
    s.putFailed(2, noEtag)
    const ticket = s.state.call?.ticket ?? 0
    s.send({ type: 'listed', ticket, parts: [{ part: 3, etag: 'e3', size: 0 }] })
    expect(s.effects).toEqual(['callUrls 1,2'])
  })

  test('and not in the list, or there with another size: it is sent again', () => {
    const s = new Script({ canList: true }, newUpload(fileOf(10))).toSigned()
    s.grant()
    s.putFailed(1, noEtag)
    const ticket = s.state.call?.ticket ?? 0
    s.send({ type: 'listed', ticket, parts: [{ part: 1, etag: 'e1', size: 9 }] })
    expect(s.effects).toContain('callUrls 1')
    s.signed()
    s.grant()
    s.putFailed(1, noEtag)
    s.listed()
    s.signed()
    s.grant()
    s.putFailed(1, noEtag)
    expect(s.state.failedWith).toMatchObject({ code: 'etag_missing', part: 1 })
  })

  test('a late answer with an ETag settles it too', () => {
    const s = new Script({ canList: true }, newUpload(fileOf(20))).toFlights()
    const taskId = s.task(1)
    s.now = 60_000
    s.send({ type: 'partProgressed', taskId: s.task(2), sentBytes: 1 })
    s.woke(0)
    s.ring()
    s.grant()
    s.putFailed(1, noEtag)
    expect(s.state.multipart?.blind).toEqual([{ part: 1, failed: 2 }])
    s.send({ type: 'partConfirmed', taskId, part: 1, generation: 0, etag: 'e1' })
    expect(s.state.multipart?.blind).toEqual([])
    expect(s.putFailed(2, noEtag)).toContain('callList')
  })
})

test('a part that is confirmed twice is journaled before the queue may forget it', () => {
  const s = new Script().toFlights()
  const taskId = s.task(1)
  s.confirmed(1)
  const before = s.state
  const again = { type: 'partConfirmed', taskId, part: 1, generation: 0, etag: 'other' } as const
  // The queue is told once the journal holds it; what was noted first stays.
  expect(s.send(again)).toEqual(['journalPart 1 e1'])
  expect(s.state).toBe(before)
})

test('a part that arrives after its upload has begun anew is not taken for one of the new', () => {
  const s = new Script().toFlights()
  const late = { taskId: s.task(2), part: 2, generation: 0, etag: 'old' } as const
  s.putFailed(1, lost)
  s.started()
  s.journaled()
  s.signed()
  expect(s.send({ type: 'partConfirmed', ...late })).toEqual(['cancelPuts 2'])
  expect(s.state.multipart?.confirmed.size).toBe(0)
})

test('a fresh URL for a part that comes first is used first', () => {
  const s = new Script().toFlights()
  expect(s.putFailed(1, rejected)).toContain('callUrls 1')
  s.signed()
  expect(s.grant()).toContain('put 1 [0,10) url1')
})

test('a part that arrives while a fresh URL for it is on its way is not sent again', () => {
  const s = new Script().toFlights()
  const taskId = s.task(1)
  s.send({ type: 'gateChanged', gate: 'constraint' })
  s.send({ type: 'gateChanged', gate: 'open' })
  s.grant()
  s.confirmed(3)
  const { ticket = 0, parts = [] } = s.state.multipart?.signing ?? {}
  expect(parts.map(({ part }) => part)).toEqual([1, 2])
  s.send({ type: 'partConfirmed', taskId, part: 1, generation: 0, etag: 'e1' })
  const urls = parts.map(({ part }) => ({ part, url: `url${part}`, lifeMs: undefined }))
  s.send({ type: 'signed', ticket, urls, draw: 0.5 })
  expect(s.grant()).toContain('put 2 [10,20) url2')
  s.confirmed(2)
  expect(s.journaled()).toContain('callComplete')
})

test('a part that arrives is not asked for again where the fresh URL for it does not come', () => {
  const s = new Script().toFlights()
  const taskId = s.task(1)
  s.send({ type: 'gateChanged', gate: 'constraint' })
  s.send({ type: 'gateChanged', gate: 'open' })
  s.send({ type: 'partConfirmed', taskId, part: 1, generation: 0, etag: 'e1' })
  s.callFailed(broken, 0.5)
  expect(s.ring()).toContain('callUrls 2')
})

test('a urls call of which nothing is needed any more is dropped, so that it cannot fail what is complete', () => {
  const s = new Script({}, newUpload(fileOf(10))).toSigned()
  s.grant()
  const taskId = s.task(1)
  s.send({ type: 'pause' })
  s.send({ type: 'resume' })
  expect(s.admit()).toContain('callUrls 1')
  const ticket = s.state.multipart?.signing?.ticket ?? 0
  const late = { type: 'partConfirmed', taskId, part: 1, generation: 0, etag: 'e1' } as const
  expect(s.send(late)).toContain('dropCall urls')
  expect(s.journaled()).toContain('callComplete')
  s.send({ type: 'callFailed', call: 'urls', ticket, failure: lost, draw: 0.5 })
  s.completed()
  expect(s.status).toBe('completed')
})

describe('a PUT that stands still', () => {
  test('is given up after stallMs and tried again', () => {
    const s = new Script().toFlights()
    s.at(30_000, { type: 'partProgressed', taskId: s.task(2), sentBytes: 4 })
    expect(s.at(60_000, { type: 'woke', draw: 0 })).toEqual([
      'cancelPuts 1',
      'releaseSlots 1',
      'wake 60618',
    ])
    // The same bytes again are no progress.
    s.at(80_000, { type: 'partProgressed', taskId: s.task(2), sentBytes: 4 })
    expect(s.at(90_000, { type: 'woke', draw: 0 })).toContain('cancelPuts 2')
  })

  test('is left alone by a transport that tells no progress', () => {
    const s = new Script({ seesProgress: false }).toFlights()
    expect(s.effects).toEqual(['put 2 [10,20) url2'])
    expect(s.at(10_000_000, { type: 'woke', draw: 0 })).toEqual([])
  })

  test.each([0, 0.5, 0.99])('several at once do not come back together: draw %d', (draw) => {
    const s = new Script().toFlights()
    s.at(60_000, { type: 'woke', draw })
    const [one, two] = (s.state.multipart?.delayed ?? []).map(({ retryAt }) => retryAt)
    expect(one).not.toBe(two)
    // And none later than the first retry may be.
    expect(Math.max(one ?? 0, two ?? 0)).toBeLessThan(61_000)
  })

  test('for the last time fails the upload, which stops the others once, and says for how long', () => {
    const s = new Script({ retry: { attempts: 1, baseMs: 1, capMs: 1 } }).toFlights()
    expect(s.at(60_000, { type: 'woke', draw: 0 })).toEqual([
      'cancelPuts 1',
      'releaseSlots 1',
      'cancelPuts 2',
      'releaseSlots 1',
      'withdraw',
      'journalUpload',
    ])
    expect(s.state.failedWith?.failure.message).toBe('part 1 made no progress for 60 s')
  })
})

describe('the gate', () => {
  test('constraint: stops the parts that are under way, and they go on later', () => {
    const s = new Script().toFlights()
    expect(s.send({ type: 'gateChanged', gate: 'constraint' })).toEqual([
      'cancelPuts 1,2',
      'releaseSlots 2',
      'wake Infinity',
    ])
    expect(s.grant()).toEqual(['releaseSlots 1'])
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('wantSlots 1')
  })

  test('network: what is under way may still arrive', () => {
    const s = new Script().toFlights()
    expect(s.send({ type: 'gateChanged', gate: 'network' })).toEqual([])
    expect(s.confirmed(1)).toEqual(['releaseSlots 1', 'journalPart 1 e1'])
    expect(s.grant()).toEqual(['releaseSlots 1'])
  })
})

describe('the life of a URL', () => {
  test('that has ended: the slot is given back and a fresh URL is asked for', () => {
    const s = new Script().toSigned(10_000)
    s.now = 10_000
    expect(s.grant()).toEqual(['wantSlots 0', 'releaseSlots 1', 'callUrls 1,2,3'])
  })

  test('that ends before the part is likely done: not used either', () => {
    const s = new Script().toFlights(100_000)
    s.now = 20_000
    s.confirmed(1)
    // A part takes 20 s: 30 s must be left.
    s.now = 70_001
    expect(s.grant().filter((effect) => effect.startsWith('put'))).toEqual([])
    expect(s.effects).toContain('callUrls 3')
  })

  test('that is just long enough is used', () => {
    const s = new Script().toFlights(100_000)
    s.now = 20_000
    s.confirmed(1)
    s.now = 69_999
    expect(s.grant()).toContain('put 3 [20,25) url3')
  })

  test('shorter than a part: the first half of it must do', () => {
    const s = new Script().toFlights(20_000)
    s.now = 19_000
    s.confirmed(1)
    s.confirmed(2)
    // Part 3 was signed at 0 and is stale; it comes with a new life.
    s.grant()
    s.signed(20_000)
    s.now += 9_999
    expect(s.grant()).toContain('put 3 [20,25) url3')
  })

  test('is looked at again after the pause of a retry', () => {
    const s = new Script().toFlights(10_000)
    s.putFailed(1, answered(503, 20_000))
    s.confirmed(2)
    s.grant()
    s.confirmed(3)
    expect(s.at(20_500, { type: 'woke', draw: 0.5 })).toContain('callUrls 1')
  })

  test('that is unknown never ends', () => {
    const s = new Script().toSigned()
    s.now = 1e12
    expect(s.grant()).toContain('put 1 [0,10) url1')
  })
})

describe('an upload that waits for its slot', () => {
  const waiting = (rules: Partial<Rules> = {}): Script => {
    const s = new Script(rules).toSigned(10_000)
    // A urls call takes 200 ms, so that much before the end, and half as much again.
    const measured = { signMs: 200, partMs: 0 }
    const { multipart } = s.state
    s.state = { ...s.state, multipart: multipart && { ...multipart, ...measured } }
    s.now = 9_700
    return s
  }
  const announced = (s: Script): string[] => s.send({ type: 'slotAnnounced' })

  test('tells when its URLs will soon be too old, and renews them once its turn is near', () => {
    const s = waiting()
    s.now = 9_699
    expect(s.woke()).toEqual(['wake 9700'])
    expect(announced(s)).toEqual([])
    expect(s.ring()).toEqual(['wantSlots 2 aging'])
    expect(announced(s)).toEqual(['wantSlots 2', 'callUrls 1,2,3', 'wake 69700'])
    expect(announced(s)).toEqual([])
    s.now = 9_900
    expect(s.signed(10_000)).toEqual(['wantSlots 2', 'wake 19600'])
    expect(s.state.multipart?.ready.map(({ part }) => part)).toEqual([1, 2, 3])
  })

  test('uses the old ones if its turn comes meanwhile', () => {
    const s = waiting()
    announced(s)
    s.now = 9_999
    expect(s.grant()).toEqual(['put 1 [0,10) url1'])
    s.now = 10_000
    expect(s.grant()).toEqual(['releaseSlots 1'])
    expect(s.signed(10_000)).toContain('wantSlots 1')
    expect(s.state.multipart).toMatchObject({ ready: [{ part: 2 }, { part: 3 }], returned: [] })
  })

  test('drops the call once the old ones have served: it could only fail the upload', () => {
    const s = waiting({ slots: 3, slotsNow: 3 })
    expect(announced(s)).toContain('callUrls 1,2,3')
    s.grant()
    expect(s.grant()).not.toContain('dropCall urls')
    expect(s.grant()).toContain('dropCall urls')
  })

  test('keeps the old ones if the call fails, and asks again when that is due', () => {
    const s = waiting()
    announced(s)
    expect(s.callFailed(broken)).toEqual([])
    expect(s.state.wakeAt).toBeLessThan(11_000)
    expect(s.grant()).toContain('put 1 [0,10) url1')
    s.now = 11_000
    // With a part on its way its turn is near anyway.
    expect(s.woke()).toContain('callUrls 2,3')
  })

  test.each(['pause', 'cancel'] as const)('asks for nothing after %s', (type) => {
    const s = waiting()
    s.woke()
    s.send({ type })
    expect(announced(s)).toEqual([])
  })

  test('drops the call, and begins anew, when a constraint is broken', () => {
    const s = waiting()
    announced(s)
    expect(s.send({ type: 'gateChanged', gate: 'constraint' })).toContain('dropCall urls')
    expect(announced(s)).toEqual([])
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('wantSlots 2 aging')
  })
})
