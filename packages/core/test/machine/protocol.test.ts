import { describe, expect, test } from 'vitest'
import { listEtags } from '../../src/machine/etag-table.ts'
import { recordOf } from '../../src/machine/upload-record.ts'
import { newUpload } from '../../src/machine/upload-state.ts'
import { waitingFor } from '../../src/machine/view.ts'
import { answered, broken, fileOf, lost, Script } from './script.ts'

test('an upload from the first record to completed', () => {
  const s = new Script()
  const transcript: [string, string[], string][] = []
  const say = (event: string, effects: string[]): void => {
    transcript.push([event, effects, s.status])
  }
  say('journaled', s.journaled())
  say('admitted', s.admit())
  say('hashed', s.hashed())
  say('started', s.started())
  say('journaled', s.journaled())
  say('signed', s.signed())
  say('slot', s.grant())
  say('slot', s.grant())
  say('confirmed 1', s.confirmed(1))
  say('slot', s.grant())
  say('confirmed 3', s.confirmed(3))
  say('confirmed 2', s.confirmed(2))
  expect(listEtags(s.state.multipart?.confirmed ?? { size: 0, blocks: [] })).toEqual([
    { part: 1, etag: 'e1' },
    { part: 2, etag: 'e2' },
    { part: 3, etag: 'e3' },
  ])
  say('journaled', s.journaled())
  say('completed', s.completed())
  say('journaled', s.journaled())
  expect(transcript).toEqual([
    ['journaled', ['requestAdmission'], 'queued'],
    ['admitted', ['hash'], 'hashing'],
    ['hashed', ['journalUpload', 'callStart', 'wake 60000'], 'starting'],
    ['started', ['journalUpload', 'callUrls 1,2,3'], 'uploading'],
    ['journaled', [], 'uploading'],
    ['signed', ['wantSlots 2', 'wake Infinity'], 'uploading'],
    ['slot', ['put 1 [0,10) url1', 'wake 60000'], 'uploading'],
    ['slot', ['put 2 [10,20) url2'], 'uploading'],
    ['confirmed 1', ['wantSlots 1', 'releaseSlots 1', 'journalPart 1 e1'], 'uploading'],
    ['slot', ['put 3 [20,25) url3'], 'uploading'],
    ['confirmed 3', ['releaseSlots 1', 'journalPart 3 e3'], 'uploading'],
    [
      'confirmed 2',
      ['releaseSlots 1', 'journalPart 2 e2', 'journalUpload', 'wake Infinity'],
      'completing',
    ],
    ['journaled', ['callComplete', 'wake 60000'], 'completing'],
    [
      'completed',
      ['withdraw', 'closeSource', 'forgetParts 0/1..3', 'journalUpload', 'wake Infinity'],
      'completed',
    ],
    ['journaled', [], 'completed'],
  ])
})

test('a file of zero bytes is one empty part', () => {
  const s = new Script({}, newUpload(fileOf(0))).toSigned()
  expect(s.grant()).toContain('put 1 [0,0) url1')
  expect(s.confirmed(1)).toContain('journalUpload')
  expect(s.journaled()).toContain('callComplete')
})

test('URLs may come before the record of the multipart upload is durable, but no part goes', () => {
  const s = new Script()
  s.journaled()
  s.admit()
  s.hashed()
  const before = s.state.ticket
  s.started()
  expect(s.signed()).not.toContain('wantSlots true')
  // An older write says nothing about it.
  expect(s.send({ type: 'journaled', ticket: before })).toEqual([])
  expect(s.grant()).toEqual(['releaseSlots 1'])
  expect(s.journaled()).toEqual(['wantSlots 2'])
})

describe('complete waits for the journal', () => {
  test('and an older write says nothing', () => {
    const s = new Script().toConfirmed()
    const { ticket } = s.state
    expect(s.send({ type: 'journaled', ticket: ticket - 1 })).toEqual([])
    expect(s.woke()).toEqual([])
    expect(s.journaled()).toEqual(['callComplete', 'wake 60000'])
    expect(s.send({ type: 'journaled', ticket })).toEqual([])
  })

  test('a younger write says that all before it is durable', () => {
    const s = new Script().toConfirmed()
    s.send({ type: 'pause' })
    s.send({ type: 'resume' })
    s.admit()
    expect(s.journaled()).toContain('callComplete')
  })

  test('and is not sent once the upload was paused, until it goes on', () => {
    const s = new Script().toConfirmed()
    s.send({ type: 'pause' })
    expect(s.journaled()).toEqual([])
    s.send({ type: 'resume' })
    expect([...s.admit(), ...s.journaled()]).toContain('callComplete')
  })

  test('and is not sent while the network is away', () => {
    const s = new Script().toConfirmed()
    s.send({ type: 'gateChanged', gate: 'network' })
    expect(s.journaled()).toEqual([])
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('callComplete')
  })

  test('and is never sent once the upload was cancelled', () => {
    const s = new Script({ canAbort: true }).toConfirmed()
    s.send({ type: 'cancel' })
    expect([...s.journaled(), ...s.admit()]).not.toContain('callComplete')
  })
})

test('a record that is known to be durable changes nothing when it is told again', () => {
  const s = new Script().toFlights()
  const before = s.state
  expect(s.send({ type: 'journaled', ticket: before.journaled })).toEqual([])
  expect(s.state).toBe(before)
})

describe.each<[string, (s: Script) => unknown]>([
  ['is hashed', (s) => [s.journaled(), s.admit()]],
  ['is started', (s) => [s.journaled(), s.admit(), s.hashed()]],
  ['has parts under way', (s) => s.toFlights()],
  ['has a part that waits for its retry', (s) => [s.toFlights(), s.putFailed(1, answered(503))]],
])('answers that nobody waits for change nothing of an upload that %s', (_, play) => {
  const failure = broken
  const draw = 0
  test.each([
    { type: 'hashed', ticket: 99, hash: 'x' },
    { type: 'hashFailed', ticket: 99, failure, draw: 0 },
    { type: 'hashProgressed', ticket: 99, bytes: 3 },
    { type: 'opened', size: 1, lastModified: 9 },
    { type: 'openFailed', failure },
    { type: 'started', ticket: 99, key: 'x', uploadId: 'x', partSize: 1 },
    { type: 'signed', ticket: 99, urls: [{ part: 3, url: 'x', lifeMs: 1 }], draw },
    { type: 'listed', ticket: 99, parts: [{ part: 3, etag: 'x', size: 5 }] },
    { type: 'completed', ticket: 99 },
    { type: 'aborted', ticket: 99 },
    { type: 'callFailed', call: 'start', ticket: 99, failure, draw },
    { type: 'callFailed', call: 'urls', ticket: 99, failure: lost, draw },
    { type: 'callFailed', call: 'complete', ticket: 99, failure: lost, draw },
    { type: 'callFailed', call: 'abort', ticket: 99, failure, draw },
    { type: 'partProgressed', taskId: 'u/0/1/99', sentBytes: 5 },
    { type: 'partWaits', taskId: 'u/0/1/99' },
    { type: 'partFailed', taskId: 'u/0/1/99', failure: lost, draw },
    { type: 'attached', size: 1, lastModified: 9 },
    { type: 'admitted', gate: 'network' },
    { type: 'resume' },
    { type: 'retry' },
  ] as const)('$type', (event) => {
    const s = new Script()
    play(s)
    const before = s.state
    expect(s.send(event)).toEqual([])
    expect(s.state).toBe(before)
  })
})

test.each<[string, number, { taskId: string; part: number; generation: number }]>([
  ['of another generation', 3, { taskId: 'u/1/3/99', part: 3, generation: 1 }],
  ['that is under way by another task', 1, { taskId: 'u/0/1/99', part: 1, generation: 0 }],
])('a queue may forget a part %s, which changes nothing', (_, number, part) => {
  const s = new Script().toFlights()
  const before = s.state
  expect(s.send({ type: 'partConfirmed', etag: 'x', ...part })).toEqual([`cancelPuts ${number}`])
  expect(s.state).toBe(before)
})

test('a queue may forget the parts of what was left in the meantime', () => {
  const s = new Script().toFlights()
  s.send({ type: 'cancel' })
  const late = { taskId: 'u/0/1/4', part: 1, generation: 0, etag: 'e1' } as const
  expect(s.send({ type: 'partConfirmed', ...late })).toEqual(['cancelPuts 1'])
})

describe('a control call that fails', () => {
  const atStart = (given = {}): Script => {
    const s = new Script(given)
    s.journaled()
    s.admit()
    s.hashed()
    return s
  }

  test('is made again after a pause, and fails in the end', () => {
    const s = atStart()
    expect(s.callFailed(broken)).toEqual(['wake 500'])
    expect(s.woke()).toEqual(['wake 500'])
    expect(s.ring()).toEqual(['callStart', 'wake 60500'])
    expect(s.callFailed(answered(503), 0.25)).toEqual(['wake 1000'])
    expect(s.ring()).toEqual(['callStart', 'wake 61000'])
    expect(s.callFailed(broken)).toEqual(['withdraw', 'journalUpload', 'wake Infinity'])
    expect(s.status).toBe('failed')
    expect(s.state.failedWith).toMatchObject({ code: 'network_failed', step: 'start' })
  })

  test('waits as long as Retry-After asks', () => {
    const s = atStart()
    expect(s.callFailed(answered(429, 30_000), 0.5)).toEqual(['wake 30500'])
    expect(s.at(30_499, { type: 'woke', draw: 0 })).toEqual(['wake 30500'])
    expect(s.ring()).toContain('callStart')
  })

  test.each([
    ['start', answered(400), 'backend_rejected'],
    ['start', answered(401), 'unauthorized'],
    ['start', answered(403), 'unauthorized'],
    ['start', answered(501), undefined],
  ] as const)('%s: %o', (_, failure, code) => {
    const s = atStart()
    s.callFailed(failure)
    expect(s.state.failedWith?.code).toBe(code)
  })

  test('is given up when it is not answered for stallMs', () => {
    const s = atStart()
    expect(s.at(59_999, { type: 'woke', draw: 0 })).toEqual(['wake 60000'])
    expect(s.ring(0.5)).toEqual(['dropCall start', 'wake 60500'])
    expect(s.ring()).toEqual(['callStart', 'wake 120500'])
  })

  test('is not counted while the network is away', () => {
    const s = atStart()
    for (let round = 0; round < 5; round += 1) {
      s.send({ type: 'gateChanged', gate: 'network' })
      expect(s.callFailed(broken)).toEqual(['wake Infinity'])
      expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('callStart')
    }
    expect(s.state.callFailed).toBe(0)
  })

  test('that the server answered counts also while the network is away', () => {
    const s = atStart()
    s.send({ type: 'gateChanged', gate: 'network' })
    s.callFailed(answered(500))
    expect(s.state.callFailed).toBe(1)
  })

  test('urls: retried, bounded, its parts wait again', () => {
    const s = atStart()
    s.started()
    s.journaled()
    expect(s.callFailed(broken)).toEqual(['wake 500'])
    expect(s.ring()).toEqual(['callUrls 1,2,3', 'wake 60500'])
    expect(s.ring()).toEqual(['dropCall urls', 'wake 61500'])
    s.ring()
    s.callFailed(broken)
    expect(s.state.failedWith).toMatchObject({ code: 'network_failed', step: 'urls' })
    s.send({ type: 'retry' })
    expect(s.admit()).toContain('callUrls 1,2,3')
  })

  test('urls: NoSuchUpload begins at startUpload again, a bounded number of times', () => {
    const s = atStart()
    s.started()
    s.journaled()
    expect(s.callFailed(lost)).toEqual(['forgetParts 0/1..3', 'journalUpload', 'callStart'])
    expect(s.state.generation).toBe(1)
    s.started()
    s.callFailed(lost)
    expect(s.state.failedWith?.code).toBe('upload_lost')
  })

  test('urls that have expired when they come are asked for again, after a pause', () => {
    const s = new Script().toSigned(0)
    expect(s.effects).toEqual(['wake 500'])
    expect(s.ring()).toContain('callUrls 1,2,3')
    s.signed(-5)
    s.ring()
    s.signed(-5)
    expect(s.state.failedWith?.code).toBe('response_invalid')
  })

  test('urls of which one has expired are of no use either: the clock that signed them is wrong', () => {
    const s = atStart()
    s.started()
    s.journaled()
    const { ticket = -1 } = s.state.multipart?.signing ?? {}
    const urls = [900_000, 0, undefined].map((lifeMs, at) => ({ part: at + 1, url: 'x', lifeMs }))
    expect(s.send({ type: 'signed', ticket, urls, draw: 0.5 })).toEqual(['wake 500'])
    expect(s.ring()).toContain('callUrls 1,2,3')
  })
})

test('10,000 parts are not too many', () => {
  const s = new Script({}, newUpload(fileOf(100_000)))
  s.journaled()
  s.admit()
  s.hashed()
  expect(s.started(10)).toContain('journalUpload')
  expect(s.state).toMatchObject({ outcome: undefined, parts: 10_000 })
})

test('too many parts fail before any PUT, naming the smallest partSize that would do', () => {
  const s = new Script({ canAbort: true }, newUpload(fileOf(100_001)))
  s.journaled()
  s.admit()
  s.hashed()
  expect(s.started(10)).toEqual(['withdraw', 'journalUpload', 'requestAdmission', 'wake Infinity'])
  expect(s.state.failedWith).toMatchObject({ code: 'too_many_parts', step: 'start' })
  expect(s.state.failedWith?.failure.message).toContain('is 11')
  // What startUpload created is of no use.
  expect(s.admit()).toContain('callAbort m')
  expect(s.aborted()).toContain('withdraw')
})

describe('the answer to complete', () => {
  test('is waited for once', () => {
    const s = new Script().toComplete()
    expect(s.effects).toContain('callComplete')
    expect(s.woke()).not.toContain('callComplete')
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toEqual([])
  })

  test('lost, then 2xx: done', () => {
    const s = new Script().toComplete()
    s.callFailed(broken)
    expect(s.ring()).toContain('callComplete')
    s.completed()
    expect(s.status).toBe('completed')
  })

  test.each([
    ['broken', broken],
    ['500', answered(500)],
    // A proxy may have sent it twice, and this is the answer to the other one.
    ['429', answered(429)],
    ['408', answered(408)],
  ])('lost (%s), then refused: nobody can tell without a list', (_, failure) => {
    const s = new Script().toComplete()
    s.callFailed(failure)
    s.ring()
    s.callFailed(lost)
    expect(s.state.failedWith?.code).toBe('complete_uncertain')
  })

  test('lost, then refused: the list says that it is still to be done', () => {
    const s = new Script({ canList: true }).toComplete()
    s.callFailed(broken)
    s.ring()
    expect(s.callFailed(answered(400))).toEqual(['callList'])
    expect(s.listed(1, 2, 3)).toEqual(['callComplete'])
    s.completed()
    expect(s.status).toBe('completed')
  })

  test('lost, refused, listed, and refused again: that is the answer', () => {
    const s = new Script({ canList: true }).toComplete()
    s.callFailed(broken)
    s.ring()
    s.callFailed(answered(400))
    s.listed(1, 2, 3)
    s.callFailed(answered(400))
    expect(s.state.failedWith?.code).toBe('backend_rejected')
  })

  test('lost, and the storage knows nothing of the upload: uncertain', () => {
    const s = new Script({ canList: true }).toComplete()
    s.callFailed(broken)
    s.ring()
    s.callFailed(lost)
    s.callFailed(lost)
    expect(s.state.failedWith?.code).toBe('complete_uncertain')
  })

  test('lost and late: what the list still had may be done a moment later', () => {
    const s = new Script({ canList: true }).toComplete()
    s.callFailed(broken)
    s.ring()
    s.callFailed(answered(400))
    s.listed(1, 2, 3)
    expect(s.callFailed(lost)).not.toContain('callStart')
    expect(s.state.failedWith?.code).toBe('complete_uncertain')
  })

  test('lost, listed and lost again: the list is asked again', () => {
    const s = new Script({ canList: true }).toComplete()
    for (let round = 0; round < 2; round += 1) {
      s.callFailed(broken)
      s.ring()
      expect(s.callFailed(answered(400))).toEqual(['callList'])
      expect(s.listed(1, 2, 3)).toEqual(['callComplete'])
    }
  })

  test('uncertain: the hint is about the object, whatever the answer suggests', () => {
    const s = new Script().toComplete()
    s.callFailed(broken)
    s.ring()
    s.callFailed({ kind: 'status', status: 404, message: '404', hint: 'check the route' })
    const { code, failure } = s.state.failedWith ?? {}
    expect(code).toBe('complete_uncertain')
    expect(failure).toMatchObject({ message: '404', hint: undefined })
  })

  describe('uncertain, and the list does not know the upload either', () => {
    const uncertain = (): Script => {
      const s = new Script({ canList: true, canAbort: true }).toComplete()
      s.callFailed(broken)
      s.ring()
      s.callFailed(lost)
      s.callFailed(lost)
      return s
    }

    test('retry() asks both once more, sends nothing again and ends the same', () => {
      const s = uncertain()
      for (let round = 0; round < 3; round += 1) {
        expect(s.state.failedWith?.code).toBe('complete_uncertain')
        expect(s.send({ type: 'retry' })).toEqual(['journalUpload', 'requestAdmission'])
        expect(s.admit()).toEqual(['callComplete', expect.stringMatching('wake')])
        expect(s.callFailed(lost)).toEqual(['callList'])
        expect(s.callFailed(lost)).toEqual(['withdraw', 'journalUpload', 'wake Infinity'])
      }
      expect(s.state).toMatchObject({ outcome: 'failed', generation: 0, restarts: 0 })
      expect(s.state.multipart?.confirmed.size).toBe(3)
    })

    test('retry() completes it where the backend now knows that it is done', () => {
      const s = uncertain()
      s.send({ type: 'retry' })
      s.admit()
      s.completed()
      expect(s.status).toBe('completed')
    })

    test('cancel() gives it up', () => {
      const s = uncertain()
      expect(s.send({ type: 'cancel' })).toContain('journalUpload')
      s.journaled()
      expect(s.admit()).toContain('callAbort m')
      expect(s.callFailed(lost)).toContain('forgetUpload')
      expect(s.status).toBe('cancelled')
    })
  })

  test('not heard for stallMs counts as lost', () => {
    const s = new Script().toComplete()
    expect(s.ring()).toContain('dropCall complete')
    expect(s.state.completeLost).toBe(true)
  })

  test('NoSuchUpload without a lost answer starts over', () => {
    const s = new Script({ canAbort: true }).toComplete()
    expect(s.callFailed(lost)).toEqual(['forgetParts 0/1..3', 'journalUpload', 'callStart'])
    expect(s.state.sentBytes).toBe(0)
    // The storage has forgotten it, so there is nothing to abort.
    expect(s.state.abandoned).toEqual([])
  })
})

describe('the file', () => {
  const restored = (hash: string | undefined): Script => {
    const s = new Script({}, { ...newUpload(fileOf(25)), source: 'closed', recorded: true, hash })
    s.woke()
    expect(s.admit()).toEqual(['openSource'])
    return s
  }

  test.each([
    [{ size: 26, lastModified: 5 }, 'source_changed'],
    [{ size: 25, lastModified: undefined }, undefined],
    [{ size: 25, lastModified: 5 }, undefined],
  ])('%o after hashing: %s', (found, code) => {
    const s = restored('ab')
    s.send({ type: 'opened', ...found })
    expect(s.state.failedWith?.code).toBe(code)
    if (code === undefined) expect(s.effects).toContain('callStart')
  })

  test('whose time was not known before, is not hashed again for having one now', () => {
    const file = { ...fileOf(25), lastModified: undefined }
    const start = { ...newUpload(file, 'ab'), source: 'closed', recorded: true } as const
    const s = new Script({}, start)
    s.woke()
    s.admit()
    expect(s.send({ type: 'opened', size: 25, lastModified: 6 })).toContain('callStart')
  })

  describe('with another time but the same size is hashed again', () => {
    const touched = (): Script => {
      const s = restored('ab')
      expect(s.send({ type: 'opened', size: 25, lastModified: 6 })).toEqual(['hash'])
      return s
    }

    test('and goes on if its content is the same', () => {
      const s = touched()
      expect(s.hashed()).toEqual(['journalUpload', 'callStart', 'wake 60000'])
      expect(s.state).toMatchObject({ hash: 'ab', verifying: undefined, file: { lastModified: 6 } })
    })

    test('and fails if it is not', () => {
      const s = touched()
      s.send({ type: 'hashed', ticket: s.state.hashing?.ticket ?? -1, hash: 'cd' })
      expect(s.state.failedWith).toMatchObject({ code: 'source_changed', step: 'file' })
      expect(s.state.failedWith?.failure.message).toContain('no longer the one that was hashed')
    })

    test('and a crash in the middle begins that again', () => {
      const record = recordOf(touched().state)
      expect(record).toMatchObject({ hash: 'ab', file: { lastModified: 5 } })
    })

    test('and again after a pause', () => {
      const s = touched()
      s.send({ type: 'pause' })
      s.send({ type: 'resume' })
      expect(s.admit()).toEqual(['hash'])
      expect(s.hashed()).toContain('callStart')
    })
  })

  describe('that is gone', () => {
    const gone = (): Script => {
      const s = restored('ab')
      const failure = { kind: 'local', code: 'file_not_found', message: 'gone' } as const
      expect(s.send({ type: 'openFailed', failure })).toEqual(['withdraw'])
      return s
    }

    test('is waited for, and goes on when it is brought again', () => {
      const s = gone()
      expect(waitingFor(s.state, 'open')).toEqual({ reason: 'file', until: undefined })
      const effects = s.send({ type: 'attached', size: 25, lastModified: 5, ref: '"b"' })
      expect(effects).toEqual(['journalUpload', 'requestAdmission'])
      expect(s.state.file.ref).toBe('"b"')
      expect(s.admit()).toContain('callStart')
    })

    test('says why', () => {
      expect(gone().state.missingFor).toMatchObject({ code: 'file_not_found', step: 'file' })
    })

    test('is looked for in its turn by resume(), once', () => {
      const s = gone()
      expect(s.send({ type: 'resume' })).toEqual(['requestAdmission'])
      expect(waitingFor(s.state, 'open')?.reason).toBe('slot')
      expect(s.state.missingFor).toBeUndefined()
      expect(s.send({ type: 'resume' })).toEqual([])
      expect(s.admit()).toEqual(['openSource'])
      expect(s.send({ type: 'resume' })).toEqual([])
      expect(s.send({ type: 'opened', size: 25, lastModified: 5 })).toContain('callStart')
    })

    test('is looked for by resume() after a pause too', () => {
      const s = gone()
      s.send({ type: 'pause' })
      expect(s.send({ type: 'resume' })).toEqual(['journalUpload', 'requestAdmission'])
      expect(s.admit()).toEqual(['openSource'])
    })

    test('and that is over stays so', () => {
      const s = gone()
      s.send({ type: 'cancel' })
      expect(s.state.missingFor).toBeUndefined()
      expect(s.send({ type: 'resume' })).toEqual([])
    })

    test('is not replaced by one of another size', () => {
      const s = gone()
      s.send({ type: 'attached', size: 26, lastModified: 5 })
      expect(s.state.failedWith?.code).toBe('source_changed')
    })

    test('is attached only where it is missing', () => {
      const s = restored('ab')
      s.send({ type: 'opened', size: 25, lastModified: 5 })
      const { state } = s
      s.send({ type: 'attached', size: 1, lastModified: 1 })
      expect(s.state).toEqual(state)
    })
  })

  describe('that needs a permission', () => {
    const failure = { kind: 'local', code: 'permission_needed', message: 'ask first' } as const
    const asked = (): Script => {
      const s = restored('ab')
      expect(s.send({ type: 'openFailed', failure })).toEqual(['withdraw'])
      return s
    }

    test('is waited for, and says so', () => {
      const s = asked()
      expect(waitingFor(s.state, 'open')).toEqual({ reason: 'file', until: undefined })
      expect(s.state.missingFor).toMatchObject({ code: 'permission_needed', step: 'file' })
    })

    test('is opened by resume() at once, for a click permits it for a moment only', () => {
      const s = asked()
      expect(s.send({ type: 'resume' })).toEqual(['openSource', 'requestAdmission'])
      // Not once more while that is under way.
      expect(s.send({ type: 'resume' })).toEqual([])
      expect(s.admit()).toEqual([])
      expect(s.send({ type: 'opened', size: 25, lastModified: 5 })).toContain('callStart')
    })

    test('is opened before its turn, and waits for that', () => {
      const s = asked()
      s.send({ type: 'resume' })
      expect(s.send({ type: 'opened', size: 25, lastModified: 5 })).toEqual([])
      expect(waitingFor(s.state, 'open')?.reason).toBe('slot')
      expect(s.admit()).toContain('callStart')
    })

    test('that is refused is waited for again, without keeping a place', () => {
      const s = asked()
      s.send({ type: 'resume' })
      expect(s.send({ type: 'openFailed', failure })).toEqual([])
      expect(s.state.missingFor?.code).toBe('permission_needed')
      expect(s.admit()).toEqual(['withdraw'])
      expect(s.send({ type: 'resume' })).toEqual(['openSource', 'requestAdmission'])
    })

    test('while it is sent fails, and retry() opens it again', () => {
      const s = new Script().toFlights()
      s.putFailed(1, failure)
      expect(s.state.failedWith?.code).toBe('permission_needed')
      const effects = s.send({ type: 'retry' })
      expect(effects).toEqual(['closeSource', 'journalUpload', 'requestAdmission'])
      expect(s.admit()).toEqual(['openSource'])
    })
  })

  test.each([
    ['size', { size: 31, lastModified: 5 }],
    ['time', { size: 25, lastModified: 9 }],
    ['ref', { size: 25, lastModified: 5, ref: '"later"' }],
  ])('may have another %s before it is hashed, which is recorded', (_, found) => {
    const s = restored(undefined)
    expect(s.send({ type: 'opened', ...found })).toEqual(['journalUpload', 'hash'])
    expect(s.state.file).toMatchObject(found)
  })

  test('that is as it was is hashed with nothing to record', () => {
    expect(restored(undefined).send({ type: 'opened', size: 25, lastModified: 5 })).toEqual([
      'hash',
    ])
  })

  describe('that cannot be hashed', () => {
    const hashFails = (s: Script, code: 'hasher_missing' | 'file_unreadable'): string[] => {
      const { ticket = -1 } = s.state.hashing ?? {}
      const failure = { kind: 'local', code, message: code } as const
      return s.send({ type: 'hashFailed', ticket, failure, draw: 0.5 })
    }

    test('for want of the code, which comes over the network, is hashed once that is there', () => {
      const s = new Script({ retry: { attempts: 2, baseMs: 1000, capMs: 8000 } })
      s.journaled()
      s.admit()
      expect(hashFails(s, 'hasher_missing')).toEqual(['wake 500'])
      expect(s.ring()).toContain('hash')
      hashFails(s, 'hasher_missing')
      expect(s.state.failedWith).toMatchObject({ code: 'hasher_missing', step: 'file' })
    })

    test('for being unreadable fails', () => {
      const s = new Script()
      s.journaled()
      s.admit()
      hashFails(s, 'file_unreadable')
      expect(s.state.failedWith).toMatchObject({ code: 'file_unreadable', step: 'file' })
    })
  })

  test('that is gone is waited for, without keeping a place', () => {
    const s = restored('ab')
    const failure = { kind: 'local', code: 'file_not_found', message: 'gone' } as const
    expect(s.send({ type: 'openFailed', failure })).toEqual(['withdraw'])
    expect(s.status).toBe('queued')
    expect(s.send({ type: 'cancel' })).toEqual(['closeSource', 'forgetUpload'])
  })

  test('that cannot be read fails', () => {
    const s = restored('ab')
    const failure = { kind: 'local', code: 'file_unreadable', message: 'EACCES' } as const
    s.send({ type: 'openFailed', failure })
    expect(s.state.failedWith).toMatchObject({ code: 'file_unreadable', step: 'file' })
    s.send({ type: 'retry' })
    expect(s.admit()).toEqual(['openSource'])
  })

  test('that changed is hashed and sent anew by retry()', () => {
    const s = new Script({ canAbort: true }).toFlights()
    s.confirmed(1)
    s.putFailed(2, { kind: 'local', code: 'source_changed', message: 'short read' })
    expect(s.state.failedWith).toMatchObject({ code: 'source_changed', part: 2 })
    expect(s.send({ type: 'retry' })).toEqual([
      'closeSource',
      'forgetParts 0/1..3',
      'journalUpload',
      'requestAdmission',
    ])
    expect(s.admit()).toEqual(['callAbort m', 'openSource', 'wake 60000'])
    s.send({ type: 'opened', size: 30, lastModified: 8 })
    expect(s.effects).toEqual(['journalUpload', 'hash'])
    expect(s.state.generation).toBe(1)
  })
})
