import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listEtags } from '../../src/machine/etag-table.ts'
import { restoreUpload } from '../../src/machine/restore.ts'
import type { Rules } from '../../src/machine/rules.ts'
import { recordOf } from '../../src/machine/upload-record.ts'
import { answered, broken, lost, Script } from './script.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

/** The same upload in the next process. */
function reborn(s: Script): Script {
  const { confirmed } = s.state.multipart ?? { confirmed: { size: 0, blocks: [] } }
  const etags = listEtags(confirmed).map(({ part, etag }) => [part, etag] as const)
  const record: ReturnType<typeof recordOf> = JSON.parse(JSON.stringify(recordOf(s.state)))
  return new Script(s.rules, restoreUpload({ ...recordOf(s.state), ...record }, etags))
}

const open = (s: Script): string[] => s.send({ type: 'opened', size: 25, lastModified: 5 })

describe('after a crash', () => {
  test.each([
    ['queued', (s: Script) => s.journaled()],
    ['hashing', (s: Script) => [s.journaled(), s.admit()]],
    ['hashed', (s: Script) => [s.journaled(), s.admit(), s.hashed()]],
    ['uploading', (s: Script) => [s.toFlights(), s.confirmed(1)]],
    ['completing', (s: Script) => s.toComplete()],
    ['completed', (s: Script) => [s.toComplete(), s.completed()]],
    ['failed', (s: Script) => [s.toFlights(), s.putFailed(1, answered(400))]],
    ['paused', (s: Script) => [s.toFlights(), s.send({ type: 'pause' })]],
    ['cancelled', (s: Script) => [s.toFlights(), s.send({ type: 'cancel' })]],
    ['started over', (s: Script) => [s.toFlights(), s.putFailed(1, lost), s.started()]],
  ])('%s: the record says everything that the journal must keep', (_, play) => {
    const s = new Script({ canAbort: true })
    play(s)
    const later = reborn(s)
    expect(recordOf(later.state)).toEqual(recordOf(s.state))
    expect(later.state.failedWith?.code).toBe(s.state.failedWith?.code)
    expect(later.state.multipart?.confirmedBytes).toBe(s.state.multipart?.confirmedBytes)
  })

  test('confirmed parts are never sent again', () => {
    const s = new Script().toFlights()
    s.confirmed(2)
    const later = reborn(s)
    expect(later.woke()).toEqual(['requestAdmission'])
    expect(later.admit()).toEqual(['openSource'])
    expect(open(later)).toEqual(['callUrls 1,3', 'wake 60000'])
    later.signed()
    expect(later.grant()).toContain('put 1 [0,10) url1')
    expect(later.grant()).toContain('put 3 [20,25) url3')
  })

  test('the storage is asked first for what it has, where it can be', () => {
    const s = new Script({ canList: true }).toFlights()
    s.confirmed(2)
    const later = reborn(s)
    later.woke()
    later.admit()
    expect(open(later)).toEqual(['callList', 'wake 60000'])
    expect(later.listed(1, 2)).toEqual(['journalPart 1 e1', 'callUrls 3'])
  })

  test('the storage is asked first also where that becomes possible later', () => {
    const later = reborn(new Script().toFlights())
    later.woke()
    later.admit()
    open(later)
    expect(later.signed()).toContain('wantSlots 2')
    later.rules = { ...later.rules, canList: true }
    expect(later.grant()).toEqual(['wantSlots 0', 'releaseSlots 1', 'callList', 'wake 60000'])
    expect(later.listed(1, 2)).toContain('wantSlots 1')
    expect(later.grant()).toContain('put 3 [20,25) url3')
  })

  test('what was hashed of a file is forgotten where that was not all', () => {
    const s = new Script()
    s.journaled()
    s.admit()
    expect(reborn(s).state.hashedBytes).toBe(0)
    s.hashed()
    expect(reborn(s).state.hashedBytes).toBe(25)
  })

  test('a list that is refused only means that parts are sent again', () => {
    const later = reborn(new Script({ canList: true }).toFlights())
    later.woke()
    later.admit()
    open(later)
    expect(later.callFailed(answered(404))).toContain('callUrls 1,2,3')
  })

  test('with every part confirmed only complete is left', () => {
    const later = reborn(new Script({ canList: true }).toComplete())
    later.woke()
    later.admit()
    expect(open(later)).toEqual(['callComplete', 'wake 60000'])
  })

  test('a complete call that was lost before is remembered once it is written', () => {
    const s = new Script().toComplete()
    s.callFailed(broken)
    s.send({ type: 'pause' })
    expect(reborn(s).state.completeLost).toBe(true)
  })

  test('ETags of parts that cannot be are left out', () => {
    const { state } = new Script().toFlights()
    const restored = restoreUpload(recordOf(state), [
      [0, 'x'],
      [3, 'e3'],
      [4, 'x'],
    ])
    expect(restored.multipart?.confirmed.size).toBe(1)
    expect(restored.multipart?.confirmedBytes).toBe(5)
  })

  test('any set of confirmed parts is sent no more, and all others are asked for', () => {
    fc.assert(
      fc.property(fc.subarray([1, 2, 3]), (parts) => {
        const { state } = new Script().toFlights()
        const etags = parts.map((part) => [part, `e${part}`] as const)
        const later = new Script({}, restoreUpload(recordOf(state), etags))
        later.woke()
        later.admit()
        const rest = [1, 2, 3].filter((part) => !parts.includes(part))
        const call = rest.length === 0 ? 'callComplete' : `callUrls ${rest}`
        expect([...open(later), ...later.journaled()]).toContain(call)
      }),
    )
  })
})

describe('a crash while complete was under way', () => {
  const goOn = (s: Script): Script => {
    const later = reborn(s)
    later.woke()
    later.admit()
    open(later)
    return later
  }
  const restored = (given: Partial<Rules> = {}): Script => goOn(new Script(given).toComplete())

  test('is remembered, because the record says so before complete is sent', () => {
    const s = new Script().toFlights()
    s.confirmed(1)
    s.confirmed(2)
    s.grant()
    expect(recordOf(s.state).completeLost).toBe(false)
    expect(s.confirmed(3)).toContain('journalUpload')
    expect(recordOf(s.state).completeLost).toBe(true)
    s.journaled()
    s.completed()
    expect(recordOf(s.state).completeLost).toBe(false)
  })

  test('and complete is done: 2xx', () => {
    const s = restored()
    s.completed()
    expect(s.status).toBe('completed')
  })

  test.each([
    ['NoSuchUpload', lost],
    ['a plain 404', answered(404)],
    ['a plain 400', answered(400)],
  ])('and the repeated call is refused with %s: uncertain, and nothing is sent again', (_, no) => {
    const s = restored()
    expect(s.callFailed(no)).toEqual(['withdraw', 'journalUpload', 'wake Infinity'])
    expect(s.state.failedWith?.code).toBe('complete_uncertain')
    expect(s.state.multipart?.confirmed.size).toBe(3)
  })

  test('and the list still has the upload: complete is still to be done', () => {
    const s = restored({ canList: true })
    expect(s.callFailed(lost)).toEqual(['callList'])
    expect(s.listed(1, 2, 3)).toEqual(['callComplete'])
    s.completed()
    expect(s.status).toBe('completed')
  })

  test('and the list no longer has it: uncertain', () => {
    const s = restored({ canList: true })
    s.callFailed(lost)
    s.callFailed(lost)
    expect(s.state.failedWith).toMatchObject({ code: 'complete_uncertain', step: 'list' })
  })

  test('and the journal lost a part since: that the upload is gone is no reason to begin anew', () => {
    const etags = [1, 2].map((part) => [part, `e${part}`] as const)
    const record = recordOf(new Script().toComplete().state)
    const s = new Script({}, restoreUpload(record, etags))
    s.woke()
    s.admit()
    expect(open(s)).toContain('callUrls 3')
    s.signed()
    s.grant()
    s.putFailed(3, lost)
    expect(s.state.failedWith).toMatchObject({ code: 'complete_uncertain', step: 'put', part: 3 })
  })

  test('and the backend wants other credentials: it is asked again once it has them', () => {
    const s = restored()
    s.callFailed(answered(401))
    expect(s.state.failedWith?.code).toBe('unauthorized')
    s.send({ type: 'retry' })
    expect(s.admit()).toContain('callComplete')
    s.callFailed(lost)
    expect(s.state.failedWith?.code).toBe('complete_uncertain')
  })

  test('that was told to come back later, and was paused: it is not known either', () => {
    const s = new Script().toComplete()
    s.callFailed(answered(429))
    s.send({ type: 'pause' })
    expect(reborn(s).state.completeLost).toBe(true)
  })

  test('and another crash: it is still not known', () => {
    const s = goOn(restored())
    s.callFailed(lost)
    const later = reborn(s)
    later.send({ type: 'retry' })
    later.admit()
    open(later)
    later.callFailed(lost)
    expect(later.state.failedWith?.code).toBe('complete_uncertain')
  })
})

describe('a crash before complete was sent', () => {
  test.each<[string, (s: Script) => unknown]>([
    ['paused before the journal was ready', (s) => [s.toConfirmed(), s.send({ type: 'pause' })]],
    [
      'refused for good before',
      (s) => [s.toComplete(), s.callFailed(answered(400)), s.journaled()],
    ],
  ])('(%s): NoSuchUpload begins anew', (_, play) => {
    const s = new Script()
    play(s)
    const later = reborn(s)
    expect(later.state.completeLost).toBe(false)
    later.send({ type: 'retry' })
    later.send({ type: 'resume' })
    later.admit()
    expect(open(later)).toEqual(['journalUpload'])
    expect(later.journaled()).toContain('callComplete')
    expect(later.callFailed(lost)).toContain('callStart')
  })
})

describe('parts that a background queue kept', () => {
  const kept = (...parts: number[]): Script => {
    const s = new Script().toFlights()
    s.confirmed(1)
    const later = reborn(s)
    const tasks = parts.map((part) => ({ taskId: `u/0/${part}/70`, part, sentBytes: 3 }))
    later.send({ type: 'reattached', tasks })
    return later
  }

  test('stay in flight, keep their slots, and are asked for no more', () => {
    const later = kept(3)
    expect(later.effects).toEqual(['keepSlots 1 of 10'])
    expect(later.state.sentBytes).toBe(13)
    later.admit()
    expect(open(later)).toEqual(['callUrls 2', 'wake 60000'])
    expect(later.confirmed(3)).toEqual(['releaseSlots 1', 'journalPart 3 e3'])
  })

  test('do not tell how long a part takes', () => {
    const later = kept(3)
    later.confirmed(3)
    expect(later.state.multipart).toMatchObject({ partMs: undefined, recentMs: [] })
    const release = { type: 'releaseSlots', count: 1, msPerLoad: undefined, landing: undefined }
    expect(later.raw).toContainEqual(release)
  })

  test('stay there when the storage lists them: the answer to the PUT is still to come', () => {
    const s = new Script({ canList: true }).toFlights()
    const later = reborn(s)
    later.send({ type: 'reattached', tasks: [{ taskId: 'u/0/2/70', part: 2, sentBytes: 0 }] })
    later.admit()
    expect(open(later)).toContain('callList')
    expect(later.listed(1, 2)).toEqual(['journalPart 1 e1', 'callUrls 3'])
    expect(later.task(2)).toBe('u/0/2/70')
  })

  test.each<[string, (s: Script) => unknown]>([
    ['failed', (s) => [s.toFlights(), s.putFailed(1, answered(400))]],
    ['begins anew', (s) => [s.toFlights(), s.putFailed(1, lost)]],
  ])('are dropped where their upload %s', (_, play) => {
    const s = new Script()
    play(s)
    const later = reborn(s)
    later.send({ type: 'reattached', tasks: [{ taskId: 'u/0/1/6', part: 1, sentBytes: 0 }] })
    expect(later.effects).toContain('cancelPuts 1')
    expect(later.effects).not.toContain('keepSlots 1 of 10')
  })

  test('and that fail are sent once more, not twice', () => {
    const later = kept(3)
    later.putFailed(3, answered(403))
    later.admit()
    expect(open(later)).toContain('callUrls 2,3')
  })

  test('are dropped if they are confirmed already', () => {
    expect(kept(1, 2).effects).toContain('cancelPuts 1')
    expect(kept(1, 2).state.multipart?.flights.map(({ part }) => part)).toEqual([2])
  })

  test('count once, as the newest attempt', () => {
    const later = kept(2)
    const again = new Script({}, later.state)
    const tasks = [8, 71, 9].map((n) => ({ taskId: `u/0/2/${n}`, part: 2, sentBytes: 0 }))
    again.send({ type: 'reattached', tasks })
    expect(again.effects).toEqual(['cancelPuts 2,2'])
    expect(again.task(2)).toBe('u/0/2/71')
  })

  test('are not taken back for URLs that nobody knows any more', () => {
    const s = new Script({ queueTasks: 9 }).toFlights()
    const later = reborn(s)
    const tasks = [{ taskId: 'u/0/2/70', part: 2, sentBytes: 0 }]
    later.send({ type: 'reattached', tasks })
    later.admit()
    open(later)
    later.now = 1e9
    expect(later.woke()).not.toContain('cancelPuts 2')
    expect(later.task(2)).toBe('u/0/2/70')
  })

  test('never share their name with a new task', () => {
    const later = kept(3)
    later.putFailed(3, answered(403))
    later.admit()
    open(later)
    later.signed()
    later.grant()
    later.grant()
    expect(Number(later.task(3).split('/')[3])).toBeGreaterThan(70)
  })

  test('of an upload that was paused are dropped', () => {
    const s = new Script().toFlights()
    s.send({ type: 'pause' })
    const later = reborn(s)
    later.send({ type: 'reattached', tasks: [{ taskId: 'u/0/1/6', part: 1, sentBytes: 0 }] })
    expect(later.effects).toEqual(['cancelPuts 1'])
    expect(later.state.multipart?.flights).toEqual([])
  })
})
