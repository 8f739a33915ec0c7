import { describe, expect, test } from 'vitest'
import { restoreUpload } from '../../src/machine/restore.ts'
import type { Rules } from '../../src/machine/rules.ts'
import { recordOf } from '../../src/machine/upload-record.ts'
import { answered, broken, lost, noEtag, Script } from './script.ts'

const stages: Record<string, (s: Script) => unknown> = {
  new: () => undefined,
  queued: (s) => s.journaled(),
  hashing: (s) => [s.journaled(), s.admit()],
  starting: (s) => [s.journaled(), s.admit(), s.hashed()],
  signing: (s) => [s.journaled(), s.admit(), s.hashed(), s.started(), s.journaled()],
  uploading: (s) => s.toFlights(),
  completing: (s) => s.toComplete(),
}

function at(stage: string, given: Partial<Rules> = {}): Script {
  const s = new Script(given)
  stages[stage]?.(s)
  return s
}

describe('pause', () => {
  test.each([
    ['new', ['journalUpload']],
    ['queued', ['journalUpload']],
    ['hashing', ['stopHash', 'withdraw', 'journalUpload']],
    // A call under way is left to finish.
    ['starting', ['withdraw', 'journalUpload']],
    ['signing', ['dropCall urls', 'withdraw', 'journalUpload', 'wake Infinity']],
    [
      'uploading',
      ['cancelPuts 1,2', 'releaseSlots 2', 'withdraw', 'journalUpload', 'wake Infinity'],
    ],
    ['completing', ['withdraw', 'journalUpload']],
  ])('%s → %j, and no more the second time', (stage, effects) => {
    const s = at(stage)
    expect(s.send({ type: 'pause' })).toEqual(effects)
    expect(s.status).toBe('paused')
    expect(s.send({ type: 'pause' })).toEqual([])
  })

  test('in the queue: the turn that comes is given back', () => {
    const s = at('queued')
    s.send({ type: 'pause' })
    expect(s.admit()).toEqual(['withdraw'])
    s.send({ type: 'resume' })
    expect(s.effects).toEqual(['journalUpload', 'requestAdmission'])
  })

  test('and resume before the turn comes: it is asked for once', () => {
    const s = at('queued')
    s.send({ type: 'pause' })
    expect(s.send({ type: 'resume' })).toEqual(['journalUpload'])
    expect(s.admit()).toEqual(['hash'])
  })

  test('keeps the answer of a call that was under way', () => {
    const s = at('starting')
    s.send({ type: 'pause' })
    expect(s.started()).toEqual(['journalUpload', 'wake Infinity'])
    s.journaled()
    expect(s.send({ type: 'resume' })).toEqual(['journalUpload', 'requestAdmission'])
    expect(s.admit()).toEqual(['callUrls 1,2,3', 'wake 60000'])
  })

  test('keeps completed as completed', () => {
    const s = at('completing')
    s.send({ type: 'pause' })
    s.completed()
    expect(s.status).toBe('completed')
    expect(s.send({ type: 'resume' })).toEqual([])
  })

  test('takes a slot that comes too late back to the scheduler', () => {
    const s = new Script().toSigned()
    s.send({ type: 'pause' })
    expect(s.grant()).toEqual(['releaseSlots 1'])
  })

  test('does not fail for a call that broke while nobody knows whether there is a network', () => {
    const s = at('starting', { retry: { attempts: 1, baseMs: 1, capMs: 1 } })
    s.send({ type: 'pause' })
    s.callFailed(broken)
    expect(s.status).toBe('paused')
    s.send({ type: 'resume' })
    expect(s.admit()).toContain('callStart')
  })
})

describe('resume', () => {
  test.each(Object.keys(stages))('%s that is not paused: nothing', (stage) => {
    const s = at(stage)
    const before = s.state
    expect(s.send({ type: 'resume' })).toEqual([])
    expect(s.state).toBe(before)
  })

  test.each([
    ['hashing', ['hash']],
    ['signing', ['callUrls 1,2,3', 'wake 60000']],
    ['uploading', ['wantSlots 1', 'callUrls 1,2', 'wake 60000']],
    ['completing', []],
  ])('%s goes on where it was', (stage, effects) => {
    const s = at(stage)
    s.send({ type: 'pause' })
    expect(s.send({ type: 'resume' })).toEqual(['journalUpload', 'requestAdmission'])
    expect(s.admit()).toEqual(effects)
  })

  test('sends no confirmed part again', () => {
    const s = at('uploading')
    s.confirmed(1)
    s.send({ type: 'pause' })
    s.send({ type: 'resume' })
    s.admit()
    const puts = [...s.grant(), ...s.signed(), ...s.grant()].filter((e) => e.startsWith('put'))
    expect(puts).toEqual(['put 3 [20,25) url3', 'put 2 [10,20) url2'])
  })

  test('a PUT that arrived although it was stopped counts', () => {
    const s = at('uploading')
    const taskId = s.task(2)
    s.send({ type: 'pause' })
    const late = { type: 'partConfirmed', taskId, part: 2, generation: 0, etag: 'e2' } as const
    expect(s.send(late)).toEqual(['journalPart 2 e2'])
    s.send({ type: 'resume' })
    s.admit()
    expect(s.state.multipart?.returned.concat(s.state.multipart.signing?.parts ?? [])).toEqual([
      { part: 1, failed: 0 },
    ])
  })
})

describe('cancel', () => {
  test.each([
    ['queued', ['closeSource', 'forgetUpload']],
    ['hashing', ['stopHash', 'withdraw', 'closeSource', 'forgetUpload']],
    ['starting', ['withdraw', 'closeSource', 'dropCall start', 'forgetUpload', 'wake Infinity']],
    [
      'signing',
      [
        'dropCall urls',
        'withdraw',
        'closeSource',
        'forgetParts 0/1..3',
        'forgetUpload',
        'wake Infinity',
      ],
    ],
    [
      'uploading',
      [
        'cancelPuts 1,2',
        'releaseSlots 2',
        'withdraw',
        'closeSource',
        'forgetParts 0/1..3',
        'forgetUpload',
        'wake Infinity',
      ],
    ],
    [
      'completing',
      [
        'withdraw',
        'closeSource',
        'dropCall complete',
        'forgetParts 0/1..3',
        'forgetUpload',
        'wake Infinity',
      ],
    ],
  ])('%s without abortApi → %j', (stage, effects) => {
    const s = at(stage)
    expect(s.send({ type: 'cancel' })).toEqual(effects)
    expect(s.status).toBe('cancelled')
    expect(s.journaled()).toEqual([])
    for (const type of ['pause', 'resume', 'cancel', 'retry'] as const) {
      expect(s.send({ type })).toEqual([])
    }
  })

  test('aborts the multipart upload where that is configured, and is forgotten then', () => {
    const s = at('uploading', { canAbort: true })
    expect(s.send({ type: 'cancel' })).toEqual([
      'cancelPuts 1,2',
      'releaseSlots 2',
      'withdraw',
      'closeSource',
      'forgetParts 0/1..3',
      'journalUpload',
      'requestAdmission',
      'wake Infinity',
    ])
    expect(s.journaled()).toEqual([])
    expect(s.admit()).toEqual(['callAbort m', 'wake 60000'])
    expect(s.aborted()).toEqual(['forgetUpload', 'withdraw', 'wake Infinity'])
  })

  test('during start: what start created is aborted once its answer names it', () => {
    const s = at('starting', { canAbort: true })
    expect(s.send({ type: 'cancel' })).toEqual(['withdraw', 'closeSource', 'journalUpload'])
    expect(s.started()).toEqual(['journalUpload', 'requestAdmission', 'wake Infinity'])
    expect(recordOf(s.state).abandoned).toEqual([{ key: 'k', uploadId: 'm' }])
    expect(s.admit()).toContain('callAbort m')
    expect(s.aborted()).toContain('forgetUpload')
  })

  test('during start, and abortApi is taken away: there is no way to abort what start created', () => {
    const s = at('starting', { canAbort: true })
    s.send({ type: 'cancel' })
    s.rules = { ...s.rules, canAbort: false }
    expect(s.started()).toEqual(['forgetUpload', 'wake Infinity'])
    expect(s.state.abandoned).toEqual([])
  })

  test.each([
    ['fails', (s: Script) => s.callFailed(broken)],
    ['is refused', (s: Script) => s.callFailed(answered(400))],
    ['is not answered', (s: Script) => s.ring()],
  ])('during start: if that %s there is nothing to abort', (_, end) => {
    const s = at('starting', { canAbort: true })
    s.send({ type: 'cancel' })
    expect(end(s)).toContain('forgetUpload')
    expect(s.status).toBe('cancelled')
  })

  test('during start, and a crash: the record has nothing to abort and goes', () => {
    const s = at('starting', { canAbort: true })
    s.send({ type: 'cancel' })
    const later = new Script({ canAbort: true }, restoreUpload(recordOf(s.state), []))
    expect(later.woke()).toEqual(['forgetUpload'])
  })

  test('an abort that fails is tried again, then left to the bucket', () => {
    const s = at('uploading', { canAbort: true })
    s.send({ type: 'cancel' })
    s.admit()
    expect(s.callFailed(answered(500))).toEqual(['withdraw', 'wake 500'])
    expect(s.ring()).toEqual(['requestAdmission'])
    expect(s.admit()).toContain('callAbort m')
    s.callFailed(answered(500))
    s.ring()
    s.admit()
    expect(s.callFailed(answered(500))).toEqual(['forgetUpload', 'withdraw', 'wake Infinity'])
  })

  test('an abort that is refused is not made again', () => {
    const s = at('uploading', { canAbort: true })
    s.send({ type: 'cancel' })
    s.admit()
    expect(s.callFailed(lost)).toContain('forgetUpload')
  })

  test('an abort that nobody hears is left to the next start', () => {
    const s = at('uploading', { canAbort: true, retry: { attempts: 1, baseMs: 1, capMs: 1 } })
    s.send({ type: 'cancel' })
    s.admit()
    expect(s.callFailed(broken)).toEqual(['withdraw', 'wake Infinity'])
    const later = new Script({ canAbort: true }, restoreUpload(recordOf(s.state), []))
    expect(later.woke()).toEqual(['requestAdmission'])
    expect(later.admit()).toContain('callAbort m')
  })

  test('before anything is configured: the abort waits, and is forgotten where there is none', () => {
    const cancelled = (): Script => {
      const s = at('uploading', { canAbort: undefined })
      expect(s.send({ type: 'cancel' })).toContain('journalUpload')
      s.journaled()
      expect(recordOf(s.state).abandoned).toEqual([{ key: 'k', uploadId: 'm' }])
      return s
    }
    const aborting = cancelled()
    aborting.rules = { ...aborting.rules, canAbort: true }
    expect(aborting.woke()).toContain('requestAdmission')
    expect(aborting.admit()).toContain('callAbort m')

    const without = cancelled()
    without.rules = { ...without.rules, canAbort: false }
    expect(without.woke()).toContain('forgetUpload')
  })

  test('offline: the abort comes through when the network is back', () => {
    const s = at('uploading', { canAbort: true })
    s.send({ type: 'gateChanged', gate: 'network' })
    s.send({ type: 'cancel' })
    // The scheduler admits nobody before that.
    expect(s.admit()).toContain('callAbort m')
    s.send({ type: 'gateChanged', gate: 'network' })
    expect(s.callFailed(broken)).toEqual(['wake Infinity'])
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('callAbort m')
    expect(s.state.abandoned).toMatchObject([{ uploadId: 'm', failed: 0 }])
  })

  test('completed stays completed', () => {
    const s = at('completing')
    s.completed()
    expect(s.send({ type: 'cancel' })).toEqual([])
    expect(s.status).toBe('completed')
  })

  test('failed and paused uploads can be cancelled', () => {
    const s = at('uploading')
    s.putFailed(1, answered(400))
    s.send({ type: 'cancel' })
    expect(s.status).toBe('cancelled')
    const paused = at('uploading')
    paused.send({ type: 'pause' })
    paused.send({ type: 'cancel' })
    expect(paused.status).toBe('cancelled')
  })
})

describe('retry', () => {
  test('sends what is missing, the part that failed included, and nothing that is confirmed', () => {
    const s = at('uploading')
    s.confirmed(1)
    s.putFailed(2, answered(400))
    expect(s.state.failedWith).toMatchObject({ code: 'storage_rejected', part: 2 })
    expect(s.send({ type: 'retry' })).toEqual(['journalUpload', 'requestAdmission'])
    s.admit()
    const puts = [...s.grant(), ...s.signed(), ...s.grant()].filter((e) => e.startsWith('put'))
    expect(puts).toEqual(['put 3 [20,25) url3', 'put 2 [10,20) url2'])
    s.confirmed(2)
    s.confirmed(3)
    expect(s.journaled()).toContain('callComplete')
  })

  test('counts attempts from one again', () => {
    const s = at('uploading', { retry: { attempts: 2, baseMs: 1, capMs: 1 } })
    s.putFailed(1, broken)
    s.ring()
    s.grant()
    s.putFailed(1, broken)
    expect(s.status).toBe('failed')
    s.send({ type: 'retry' })
    const { returned = [], ready = [], delayed = [] } = s.state.multipart ?? {}
    expect([...returned, ...ready, ...delayed].map(({ failed }) => failed)).toEqual([0, 0, 0])
  })

  test('counts blind attempts from one again', () => {
    const s = at('uploading', { canList: true, retry: { attempts: 2, baseMs: 1, capMs: 1 } })
    s.putFailed(1, noEtag)
    s.putFailed(2, answered(400))
    s.send({ type: 'retry' })
    expect(s.state.multipart?.blind).toEqual([{ part: 1, failed: 0 }])
  })

  test('goes on although the upload was paused when its last call failed', () => {
    const s = at('starting')
    s.send({ type: 'pause' })
    s.callFailed(answered(400))
    expect(s.status).toBe('failed')
    expect(s.send({ type: 'retry' })).toEqual(['journalUpload', 'requestAdmission'])
    expect(s.admit()).toContain('callStart')
  })

  test('after upload_lost begins at startUpload', () => {
    const s = at('uploading', { restarts: 0 })
    s.confirmed(1)
    s.putFailed(2, lost)
    expect(s.state.failedWith?.code).toBe('upload_lost')
    expect(s.send({ type: 'retry' })).toContain('forgetParts 0/1..3')
    expect(s.admit()).toContain('callStart')
    expect(s.state.generation).toBe(1)
  })

  test.each(Object.keys(stages))('%s that has not failed: nothing', (stage) => {
    expect(at(stage).send({ type: 'retry' })).toEqual([])
  })
})
