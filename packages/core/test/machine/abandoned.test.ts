import { describe, expect, test } from 'vitest'
import type { Failure } from '../../src/machine/failure.ts'
import { restoreUpload } from '../../src/machine/restore.ts'
import { recordOf } from '../../src/machine/upload-record.ts'
import { answered, broken, lost, Script } from './script.ts'

const changed: Failure = { kind: 'local', code: 'source_changed', message: 'short read' }

/** The file changes while parts are on their way, and all begins anew as `uploadId`. */
function startOver(s: Script, uploadId: string): void {
  s.putFailed(1, changed)
  s.send({ type: 'retry' })
  s.admit()
  s.send({ type: 'opened', size: 25, lastModified: 5 })
  s.hashed()
  s.started(10, uploadId)
  s.journaled()
  s.signed()
  s.grant()
}

function names({ state }: Script): string[] {
  return state.abandoned.map(({ uploadId }) => uploadId)
}

/** Three multipart uploads in a row, and no abort call was answered yet. */
function threeInARow(): Script {
  const s = new Script({ canAbort: true }).toFlights()
  startOver(s, 'm2')
  startOver(s, 'm3')
  return s
}

describe('multipart uploads that are of no more use', () => {
  test('are all remembered, until each was aborted', () => {
    const s = threeInARow()
    expect(names(s)).toEqual(['m', 'm2'])
    expect(recordOf(s.state).abandoned).toEqual([
      { key: 'k', uploadId: 'm' },
      { key: 'k', uploadId: 'm2' },
    ])
    expect(s.aborted()).toEqual(['journalUpload', 'callAbort m2'])
    expect(s.aborted()).toEqual(['journalUpload'])
    expect(names(s)).toEqual([])
    s.send({ type: 'cancel' })
    s.journaled()
    expect(s.admit()).toContain('callAbort m3')
    expect(s.aborted()).toContain('forgetUpload')
  })

  test('are aborted after a crash too', () => {
    const later = new Script({ canAbort: true }, restoreUpload(recordOf(threeInARow().state), []))
    later.woke()
    expect(later.admit()).toContain('callAbort m')
    expect(later.aborted()).toContain('callAbort m2')
  })

  test('keep a cancelled upload in the journal until the last of them is aborted', () => {
    const s = threeInARow()
    s.send({ type: 'cancel' })
    s.journaled()
    expect(s.aborted()).toEqual(['journalUpload', 'requestAdmission', 'wake Infinity'])
    expect(s.admit()).toContain('callAbort m2')
    expect(s.aborted()).toEqual(['journalUpload', 'callAbort m3'])
    expect(s.aborted()).toEqual(['forgetUpload', 'withdraw', 'wake Infinity'])
  })

  test('do not wait for one whose abort call fails', () => {
    const s = threeInARow()
    expect(s.callFailed(answered(500))).toContain('callAbort m2')
    expect(s.aborted()).toEqual(['journalUpload', 'wake 500'])
    expect(names(s)).toEqual(['m'])
    s.now = 500
    expect(s.woke()).toContain('callAbort m')
  })

  test('and whose abort call fails wait for the network, and nothing wakes for them before', () => {
    const s = threeInARow()
    s.send({ type: 'gateChanged', gate: 'network' })
    expect(s.callFailed(answered(500))).toEqual([])
    s.now = 500
    expect(s.send({ type: 'gateChanged', gate: 'open' })).toContain('callAbort m')
  })

  test('are asked for no more once the storage refused', () => {
    const s = threeInARow()
    expect(s.callFailed(lost)).toEqual(['journalUpload', 'callAbort m2'])
    expect(names(s)).toEqual(['m2'])
  })

  test('are no more than 32, of which the oldest are left to the bucket', () => {
    const s = new Script({ canAbort: true }).toFlights()
    for (let round = 2; round <= 40; round += 1) startOver(s, `m${round}`)
    expect(names(s)).toEqual(Array.from({ length: 32 }, (_, index) => `m${index + 8}`))
  })

  test('and that startUpload answers with again are of use again', () => {
    const s = new Script({ canAbort: true }).toFlights()
    s.putFailed(1, changed)
    s.send({ type: 'retry' })
    expect(s.admit()).toContain('callAbort m')
    s.send({ type: 'opened', size: 25, lastModified: 5 })
    s.hashed()
    expect(s.started()).toContain('dropCall abort')
    expect(names(s)).toEqual([])
    expect(s.aborted()).toEqual([])
  })

  test('are still of none where startUpload gives their id to another key', () => {
    const s = new Script({ canAbort: true }).toFlights()
    s.putFailed(1, changed)
    s.send({ type: 'retry' })
    s.admit()
    s.send({ type: 'opened', size: 25, lastModified: 5 })
    s.hashed()
    const ticket = s.state.call?.ticket ?? -1
    s.send({ type: 'started', ticket, key: 'other', uploadId: 'm', partSize: 10 })
    expect(s.effects).not.toContain('dropCall abort')
    expect(names(s)).toEqual(['m'])
  })

  test('of which nobody can be told are not remembered', () => {
    const s = new Script().toFlights()
    startOver(s, 'm2')
    expect(names(s)).toEqual([])
  })
})

test('an abort call that is not answered is made again, and the others get their turn', () => {
  const s = threeInARow()
  s.now = 60_000
  expect(s.woke()).toEqual(expect.arrayContaining(['dropCall abort', 'callAbort m2']))
  expect(s.callFailed(broken)).not.toContain('callAbort m2')
  expect(names(s)).toEqual(['m', 'm2'])
})
