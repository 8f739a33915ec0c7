import { describe, expect, test } from 'vitest'
import type { Failure } from '../../src/machine/failure.ts'
import { newUpload } from '../../src/machine/upload-state.ts'
import { answered, broken, fileOf, lost, noEtag, Script } from './script.ts'

const invalidPart: Failure = {
  kind: 'status',
  status: 400,
  message: 'status 400',
  reason: 'InvalidPart',
}

/** As far as startUpload is called. */
function starting(rules: ConstructorParameters<typeof Script>[0] = {}): Script {
  const s = new Script(rules)
  s.journaled()
  s.admit()
  s.hashed()
  return s
}

describe('a urls call', () => {
  /** As far as the first URLs are asked for. */
  function signing(rules: ConstructorParameters<typeof Script>[0] = {}): Script {
    const s = starting(rules)
    s.started()
    s.journaled()
    return s
  }

  test('that is refused is not made again', () => {
    const s = signing()
    s.callFailed(answered(400))
    expect(s.state.failedWith).toMatchObject({ code: 'backend_rejected', step: 'urls' })
  })

  test('that fails again and again is given up', () => {
    const s = signing({ retry: { attempts: 2, baseMs: 1000, capMs: 8000 } })
    expect(s.callFailed(broken, 0.5)).toContain('wake 500')
    expect(s.ring()).toContain('callUrls 1,2,3')
    s.callFailed(broken)
    expect(s.state.failedWith).toMatchObject({ code: 'network_failed', step: 'urls' })
  })

  test('that says NoSuchUpload too often says where', () => {
    const s = signing({ restarts: 0 })
    s.callFailed(lost)
    expect(s.state.failedWith).toMatchObject({ code: 'upload_lost', step: 'urls' })
  })

  test('that breaks while the network is away counts nothing', () => {
    const s = signing({ retry: { attempts: 1, baseMs: 1, capMs: 1 } })
    s.send({ type: 'gateChanged', gate: 'network' })
    s.callFailed(broken)
    expect(s.state.multipart).toMatchObject({ signFailed: 0, signRetryAt: 0 })
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('callUrls 1,2,3')
  })
})

test('a call that stood still for too long says for how long', () => {
  const s = starting({ retry: { attempts: 1, baseMs: 1, capMs: 1 } })
  s.ring()
  expect(s.state.failedWith).toMatchObject({
    code: 'stalled',
    failure: { message: 'start was not answered for 60 s' },
  })
})

describe('the pause of a retry', () => {
  test('is no reason to wake up while nothing may be done', () => {
    const s = starting()
    expect(s.callFailed(broken, 0.5)).toContain('wake 500')
    expect(s.send({ type: 'gateChanged', gate: 'network' })).toContain('wake Infinity')
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('wake 500')
    expect(s.send({ type: 'pause' })).toContain('wake Infinity')
    expect(s.send({ type: 'resume' })).toEqual(['journalUpload', 'requestAdmission'])
    expect(s.admit()).toEqual(['wake 500'])
    expect(s.send({ type: 'cancel' })).toContain('wake Infinity')
  })
})

describe('a list that is refused', () => {
  test('fails where it was the only way to an ETag', () => {
    const s = new Script({ canList: true }, newUpload(fileOf(10))).toSigned()
    s.grant()
    expect(s.putFailed(1, noEtag)).toContain('callList')
    s.callFailed(answered(400))
    expect(s.state.failedWith).toMatchObject({ code: 'backend_rejected', step: 'list' })
  })

  test('leaves it open what a lost complete did', () => {
    const s = new Script({ canList: true }).toComplete()
    s.callFailed(broken)
    expect(s.ring()).toContain('callComplete')
    expect(s.callFailed(lost)).toContain('callList')
    s.callFailed(answered(400))
    expect(s.state.failedWith).toMatchObject({ code: 'complete_uncertain', step: 'list' })
  })
})

describe('complete', () => {
  test('with a 2xx that is of no use may have taken effect', () => {
    const s = new Script().toComplete()
    s.callFailed({ ...noEtag, code: 'response_invalid' } as Failure)
    expect(s.state.failedWith).toMatchObject({ code: 'complete_uncertain', step: 'complete' })
  })

  test.each([
    ['InvalidPart says that the storage has the upload', invalidPart, 'backend_rejected'],
    [
      'what could not be sent says nothing',
      { kind: 'local', code: 'config_invalid', message: 'no header' },
      'config_invalid',
    ],
    ['who was turned away at the door heard nothing', answered(401), 'unauthorized'],
  ] as const)('after a lost answer: %s', (_, failure, code) => {
    const s = new Script().toComplete()
    s.callFailed(broken)
    s.ring()
    s.callFailed(failure)
    expect(s.state.failedWith).toMatchObject({ code, step: 'complete' })
    expect(s.state.completeLost).toBe(true)
  })

  test('that is under way when it is paused stays in the record, one that is not does not', () => {
    const sent = new Script().toComplete()
    sent.send({ type: 'pause' })
    expect(sent.state.multipart?.completeTicket).toBeDefined()
    const unsent = new Script().toConfirmed()
    expect(unsent.state.multipart?.completeTicket).toBeDefined()
    unsent.send({ type: 'pause' })
    expect(unsent.state.multipart?.completeTicket).toBeUndefined()
  })

  test('that is under way is dropped by cancel', () => {
    const s = new Script({ canAbort: true }).toComplete()
    expect(s.send({ type: 'cancel' })).toContain('dropCall complete')
  })
})

describe('retry', () => {
  test('after InvalidPart sends everything anew, and the old parts are aborted', () => {
    const s = new Script({ canAbort: true }).toComplete()
    s.callFailed(invalidPart)
    expect(s.send({ type: 'retry' })).toContain('forgetParts 0/1..3')
    expect(s.state).toMatchObject({ multipart: undefined, generation: 1, sentBytes: 0 })
    expect(s.state.abandoned).toMatchObject([{ key: 'k', uploadId: 'm' }])
  })

  test('after upload_lost has nothing to abort', () => {
    const s = new Script({ canAbort: true, restarts: 0 }).toFlights()
    s.putFailed(1, lost)
    expect(s.state.failedWith?.code).toBe('upload_lost')
    expect(s.send({ type: 'retry' })).toContain('forgetParts 0/1..3')
    expect(s.state.abandoned).toEqual([])
  })

  test('opens a file anew that was gone while it was hashed', () => {
    const s = new Script()
    s.journaled()
    s.admit()
    const failure: Failure = { kind: 'local', code: 'file_not_found', message: 'gone' }
    s.send({ type: 'hashFailed', ticket: s.state.hashing?.ticket ?? -1, failure, draw: 0.5 })
    expect(s.send({ type: 'retry' })).toContain('closeSource')
    expect(s.admit()).toContain('openSource')
  })
})

test('what is not completed does not leave the journal by forget', () => {
  expect(new Script().toFlights().send({ type: 'forget' })).toEqual([])
})

describe('a queue', () => {
  test('that has yet to begin with a part takes back what it told of it', () => {
    const s = new Script({ queueTasks: 5 }).toFlights()
    const taskId = s.task(1)
    s.send({ type: 'partProgressed', taskId, sentBytes: 8 })
    s.send({ type: 'partProgressed', taskId: s.task(2), sentBytes: 3 })
    s.send({ type: 'partWaits', taskId })
    expect(s.state.multipart?.flights).toMatchObject([
      { part: 1, sentBytes: 0, movedAt: Number.POSITIVE_INFINITY },
      { part: 2, sentBytes: 3, movedAt: 0 },
    ])
    const before = s.state
    s.send({ type: 'partWaits', taskId })
    s.send({ type: 'partWaits', taskId: 'unknown' })
    expect(s.state).toBe(before)
    // Only the one that runs can stand still.
    expect(s.ring()).toContain('cancelPuts 2')
    expect(s.effects).not.toContain('cancelPuts 1')
  })

  test('gives a part back when its URL expires there', () => {
    const s = new Script({ queueTasks: 5 }, newUpload(fileOf(10))).toSigned(90_000)
    expect(s.grant({ load: 10, dueMs: 1 })).toContain('wake 90000')
    expect(s.ring()).toEqual(
      expect.arrayContaining(['cancelPuts 1', 'releaseSlots 1', 'callUrls 1']),
    )
  })
})
