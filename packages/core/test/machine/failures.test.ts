import { describe, expect, test } from 'vitest'
import type { Failure } from '../../src/machine/failure.ts'
import { restoreUpload } from '../../src/machine/restore.ts'
import { recordOf } from '../../src/machine/upload-record.ts'
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

describe('a list that breaks', () => {
  /** As far as the storage is asked for the parts of an earlier process. */
  function listing(rules: ConstructorParameters<typeof Script>[0] = {}): Script {
    const { state } = new Script().toFlights()
    const s = new Script({ canList: true, ...rules }, restoreUpload(recordOf(state), []))
    s.woke()
    s.admit()
    expect(s.send({ type: 'opened', size: 25, lastModified: 5 })).toContain('callList')
    return s
  }

  test('says nothing of complete: an upload that is gone after that begins anew', () => {
    const s = listing()
    s.callFailed(broken)
    s.ring()
    expect(s.callFailed(lost)).toContain('callStart')
  })

  test('too often is asked for again by retry(), before anything is sent', () => {
    const s = listing({ retry: { attempts: 1, baseMs: 1, capMs: 1 } })
    s.callFailed(broken)
    expect(s.state.failedWith).toMatchObject({ code: 'network_failed', step: 'list' })
    s.send({ type: 'retry' })
    expect(s.admit()).toContain('callList')
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

  test('is not recorded as being sent while a list is under way, even one nobody wants now', () => {
    const s = new Script({ canList: true }, newUpload(fileOf(10))).toSigned()
    s.grant()
    const taskId = s.task(1)
    expect(s.putFailed(1, noEtag)).toContain('callList')
    s.rules = { ...s.rules, canList: false }
    s.send({ type: 'partConfirmed', taskId, part: 1, generation: 0, etag: 'e1' })
    expect(recordOf(s.state).completeLost).toBe(false)
    expect(s.listed(1)).toContain('journalUpload')
    expect(s.journaled()).toContain('callComplete')
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

describe('an upload that stopped, and that has something to abort,', () => {
  /** Part 3 has a URL, and the abort of an earlier multipart upload waits for its retry. */
  function aborting(): Script {
    const s = new Script({ canAbort: true }).toFlights()
    s.putFailed(1, { kind: 'local', code: 'source_changed', message: 'short read' })
    s.send({ type: 'retry' })
    s.admit()
    s.send({ type: 'opened', size: 25, lastModified: 5 })
    s.hashed()
    s.started(10, 'm2')
    s.journaled()
    s.signed()
    expect(s.callFailed(answered(500))).toContain('wake 500')
    return s
  }

  test.each<[string, (s: Script) => unknown]>([
    ['paused', (s) => s.send({ type: 'pause' })],
    ['failed', (s) => [s.grant(), s.putFailed(1, answered(400))]],
  ])('sends no part when it is admitted for that: %s', (_, stop) => {
    const s = aborting()
    stop(s)
    expect(s.status).not.toBe('uploading')
    expect(s.ring()).toContain('requestAdmission')
    expect(s.admit()).toEqual(['callAbort m', expect.stringMatching('wake')])
    expect(s.grant()).toEqual(['releaseSlots 1'])
  })
})

describe('a file that is touched while its upload needs a permission', () => {
  test('is hashed again before any of its parts goes', () => {
    const s = new Script().toFlights()
    s.putFailed(1, { kind: 'local', code: 'permission_needed', message: 'ask first' })
    s.send({ type: 'retry' })
    expect(s.admit()).toEqual(['openSource'])
    expect(s.send({ type: 'opened', size: 25, lastModified: 6 })).toEqual(['hash'])
    expect(s.state.multipart?.ready).not.toEqual([])
    expect(s.grant()).toEqual(['releaseSlots 1'])
    expect(s.hashed()).toContain('wantSlots 1')
  })
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

  test('that tells of parts that nobody knows changes nothing', () => {
    const s = new Script({ queueTasks: 5 }).toFlights()
    s.send({ type: 'partProgressed', taskId: s.task(1), sentBytes: 8 })
    const before = s.state
    expect(s.send({ type: 'partWaits', taskId: 'unknown' })).toEqual([])
    expect(s.state).toBe(before)
  })

  test('that begins with a part is watched from then on, before any byte has left', () => {
    const s = new Script({ queueTasks: 5 }).toFlights()
    s.now = 1000
    expect(s.send({ type: 'partProgressed', taskId: s.task(1), sentBytes: 0 })).toEqual([
      'wake 61000',
    ])
    expect(s.ring()).toContain('cancelPuts 1')
  })

  test('goes on under a constraint, which it heeds by itself', () => {
    const s = new Script({ queueTasks: 5 }).toFlights()
    expect(s.send({ type: 'gateChanged', gate: 'constraint' })).toEqual(['wantSlots 0'])
    expect(s.state.multipart?.flights).toHaveLength(2)
  })

  test('gives a part back when its URL expires there', () => {
    const s = new Script({ queueTasks: 5 }, newUpload(fileOf(10))).toSigned(90_000)
    s.grant({ load: 10, dueMs: 1 })
    expect(s.ring()).toEqual(['wake 90000'])
    expect(s.ring()).toEqual(
      expect.arrayContaining(['cancelPuts 1', 'releaseSlots 1', 'callUrls 1']),
    )
  })

  test('keeps a part that it has begun with, whose URL was good then', () => {
    const s = new Script({ queueTasks: 5 }, newUpload(fileOf(10))).toSigned(90_000)
    s.grant({ load: 10, dueMs: 1 })
    s.at(80_000, { type: 'partProgressed', taskId: s.task(1), sentBytes: 1 })
    s.now = 90_000
    expect(s.woke()).toEqual(['wake 140000'])
    expect(s.state.multipart?.flights).toHaveLength(1)
  })

  test('gets no part whose URL has likely expired when its turn comes', () => {
    const s = new Script({ queueTasks: 5 }, newUpload(fileOf(10))).toSigned(90_000)
    s.now = 50_000
    expect(s.grant({ load: 10, dueMs: 30_000 })).toContain('callUrls 1')
    s.signed(90_000)
    expect(s.grant({ load: 10, dueMs: 30_000 })).toContain('put 1 [0,10) url1')
  })

  test('shows by what it had to send how long the next part takes, behind those of all slots', () => {
    const s = new Script({ queueTasks: 5, slots: 3 }).toSigned()
    // A part of 10 bytes weighs 65,546, and there is another one before it.
    s.grant({ load: 2 * 65_546, dueMs: 1 })
    s.now = 1000
    s.confirmed(1)
    expect(s.raw).toContainEqual(
      expect.objectContaining({ type: 'releaseSlots', msPerLoad: 500 / 65_546 }),
    )
    expect(s.state.multipart?.partMs).toBe(1500)
  })

  test('that went on while the process slept tells nothing of how long a part takes', () => {
    const s = new Script({ queueTasks: 5 }, newUpload(fileOf(10))).toSigned(1e9)
    s.grant({ load: 10, dueMs: 1 })
    s.now = s.state.wakeAt + 8 * 60 * 60 * 1000
    s.confirmed(1)
    expect(s.raw).toContainEqual({
      type: 'releaseSlots',
      count: 1,
      msPerLoad: undefined,
      landing: undefined,
    })
    expect(s.state.multipart).toMatchObject({ partMs: undefined, recentMs: [] })
  })
})

describe('the parts in a queue of an upload whose file is gone', () => {
  /** Parts 2 and 3 are in the queue of an earlier process, and part 1 is in the journal. */
  function gone(rules: ConstructorParameters<typeof Script>[0] = {}): Script {
    const before = new Script({ queueTasks: 5 }).toFlights()
    const s = new Script(
      { queueTasks: 5, ...rules },
      restoreUpload(recordOf(before.state), [[1, 'e1']]),
    )
    const tasks = [2, 3].map((part) => ({ taskId: `u/0/${part}/7`, part, sentBytes: 0 }))
    expect(s.send({ type: 'reattached', tasks })).toContain('keepSlots 2 of 10')
    expect(s.admit()).toEqual(['openSource'])
    const failure = { kind: 'local', code: 'file_not_found', message: 'gone' } as const
    expect(s.send({ type: 'openFailed', failure })).toEqual(['withdraw'])
    return s
  }

  test('go on without slots, and hold them again once the file is there', () => {
    const s = gone()
    expect(s.confirmed(2)).toEqual(['journalPart 2 e2'])
    expect(s.send({ type: 'attached', size: 25, lastModified: 5, ref: '"b"' })).toEqual([
      'journalUpload',
      'keepSlots 1 of 10',
    ])
    expect(s.confirmed(3)).toContain('releaseSlots 1')
  })

  test('give back no slots when they are cancelled', () => {
    expect(gone().send({ type: 'cancel' })).toEqual(
      expect.arrayContaining(['cancelPuts 2,3', 'releaseSlots 0']),
    )
  })

  test('may break, which is no failed attempt while nobody knows of the network', () => {
    const s = gone()
    expect(s.putFailed(3, broken)).toEqual([])
    expect(s.state.multipart?.returned).toEqual([{ part: 3, failed: 0 }])
    expect(s.state.multipart?.failedPuts.size).toBe(0)
  })
})
