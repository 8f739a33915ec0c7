import { describe, expect, test } from 'vitest'
import { newUpload } from '../../src/machine/upload-state.ts'
import { waitingFor } from '../../src/machine/view.ts'
import { answered, broken, fileOf, lost, noEtag, Script } from './script.ts'

const until = undefined

function closed(s: Script): unknown {
  return s.send({ type: 'gateChanged', gate: 'network' })
}

function hashFailed(s: Script): unknown {
  const failure = { kind: 'local', code: 'hasher_missing', message: 'no chunk' } as const
  return s.send({ type: 'hashFailed', ticket: s.state.hashing?.ticket ?? -1, failure, draw: 0.5 })
}

describe('why nothing moves', () => {
  test.each<[string, (s: Script) => unknown, ReturnType<typeof waitingFor>]>([
    ['queued', (s) => s.journaled(), { reason: 'slot', until }],
    ['hashing', (s) => [s.journaled(), s.admit()], undefined],
    ['starting', (s) => [s.journaled(), s.admit(), s.hashed()], undefined],
    [
      'start failed',
      (s) => [s.journaled(), s.admit(), s.hashed(), s.callFailed(broken)],
      { reason: 'retry', until: 500 },
    ],
    [
      'start is called again',
      (s) => [s.journaled(), s.admit(), s.hashed(), s.callFailed(broken), s.ring()],
      undefined,
    ],
    ['hashing again', (s) => [s.journaled(), s.admit(), hashFailed(s), s.ring()], undefined],
    [
      'urls are asked for',
      (s) => [s.journaled(), s.admit(), s.hashed(), s.started(), s.journaled()],
      undefined,
    ],
    [
      'some urls are asked for again, and others wait',
      (s) => [
        s.toFlights(),
        s.send({ type: 'pause' }),
        s.send({ type: 'resume' }),
        s.admit(),
        s.callFailed(broken),
        s.ring(),
      ],
      { reason: 'slot', until: undefined },
    ],
    [
      'signed, but not in the journal yet',
      (s) => [s.journaled(), s.admit(), s.hashed(), s.started(), s.signed()],
      undefined,
    ],
    ['signed, no slot', (s) => s.toSigned(), { reason: 'slot', until }],
    ['parts under way', (s) => s.toFlights(), undefined],
    [
      'every part waits for its retry',
      (s) => [s.toFlights(), s.putFailed(1, answered(503)), s.putFailed(2, broken, 0.1)],
      { reason: 'retry', until: 100 },
    ],
    ['all sent, but not in the journal yet', (s) => s.toConfirmed(), undefined],
    ['completing', (s) => s.toComplete(), undefined],
    [
      'complete failed',
      (s) => [s.toComplete(), s.callFailed(broken)],
      { reason: 'retry', until: 500 },
    ],
    ['paused', (s) => [s.toFlights(), s.send({ type: 'pause' })], undefined],
    ['failed', (s) => [s.toFlights(), s.putFailed(1, answered(400))], undefined],
    ['completed', (s) => [s.toComplete(), s.completed()], undefined],
    ['started over', (s) => [s.toFlights(), s.putFailed(1, lost)], undefined],
  ])('%s', (_, play, waiting) => {
    const s = new Script()
    play(s)
    expect(waitingFor(s.state, 'open')).toEqual(waiting)
  })

  test.each<[string, (s: Script) => unknown]>([
    ['starting', (s) => [s.journaled(), s.admit(), s.hashed(), closed(s), s.callFailed(broken)]],
    [
      'signing',
      (s) => [s.journaled(), s.admit(), s.hashed(), s.started(), closed(s), s.callFailed(broken)],
    ],
    [
      'parts',
      (s) => [
        s.toFlights(),
        closed(s),
        s.putFailed(1, broken),
        s.putFailed(2, broken),
        s.confirmed(3),
      ],
    ],
  ])('nothing is said before an upload has heard that the gate is open: %s', (_, play) => {
    const s = new Script({}, newUpload(fileOf(20)))
    play(s)
    expect(waitingFor(s.state, 'open')).toBeUndefined()
  })

  test.each(['network', 'constraint', 'config'] as const)('%s is the first reason', (gate) => {
    const s = new Script().toFlights()
    expect(waitingFor(s.state, gate)).toEqual({ reason: gate, until })
  })

  test('a file that is gone is a reason above all', () => {
    const s = new Script()
    const state = { ...s.state, source: 'missing' } as const
    expect(waitingFor(state, 'network')).toEqual({ reason: 'file', until })
  })

  test('a file that is opened again is not waited for, nor is a slot for its parts', () => {
    const s = new Script().toFlights()
    s.putFailed(1, { kind: 'local', code: 'permission_needed', message: 'ask first' })
    s.send({ type: 'retry' })
    expect(s.admit()).toEqual(['openSource'])
    expect(waitingFor(s.state, 'open')).toBeUndefined()
  })

  test('a urls call that failed is waited for no more once its parts are there', () => {
    const s = new Script({}, newUpload(fileOf(10))).toSigned()
    s.grant()
    const late = { taskId: s.task(1), part: 1, generation: 0, etag: 'e1' } as const
    s.send({ type: 'pause' })
    s.send({ type: 'resume' })
    s.admit()
    s.callFailed(broken)
    s.send({ type: 'partConfirmed', ...late })
    expect(s.journaled()).toContain('callComplete')
    s.now = 100
    s.callFailed(broken)
    expect(waitingFor(s.state, 'open')).toEqual({ reason: 'retry', until: 600 })
  })

  test('a list of the parts whose ETags are unknown is waited for until its retry', () => {
    const s = new Script({ canList: true }, newUpload(fileOf(10))).toSigned()
    s.grant()
    s.putFailed(1, noEtag)
    s.callFailed(broken)
    expect(waitingFor(s.state, 'open')).toEqual({ reason: 'retry', until: 500 })
  })

  test('a urls call that failed is waited for until its retry', () => {
    const s = new Script()
    s.journaled()
    s.admit()
    s.hashed()
    s.started()
    s.journaled()
    s.callFailed(broken)
    expect(waitingFor(s.state, 'open')).toEqual({ reason: 'retry', until: 500 })
  })
})

test('an upload is queued until its file is open, also when it is its turn', () => {
  const start = { ...newUpload(fileOf(25)), source: 'closed', recorded: true } as const
  const s = new Script({}, start)
  s.woke()
  expect(s.admit()).toEqual(['openSource'])
  expect(s.status).toBe('queued')
  s.send({ type: 'opened', size: 25, lastModified: 5 })
  expect(s.status).toBe('hashing')
})

test('how far hashing is shows as it goes on', () => {
  const s = new Script()
  s.journaled()
  s.admit()
  s.send({ type: 'hashProgressed', ticket: s.state.hashing?.ticket ?? -1, bytes: 7 })
  expect(s.state.hashedBytes).toBe(7)
})

test('a file whose hash is known from before needs no hashing, and shows as hashed', () => {
  expect(newUpload(fileOf(25), 'ab').hashedBytes).toBe(25)
  expect(newUpload(fileOf(25)).hashedBytes).toBe(0)
})
