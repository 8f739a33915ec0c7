import { describe, expect, test } from 'vitest'
import { refsInNeed } from '../../src/machine/restore.ts'
import { newUpload, type UploadState } from '../../src/machine/upload-state.ts'
import { answered, fileOf, Script } from './script.ts'

const keeping = (state?: UploadState): Script =>
  new Script({ keepsFiles: true, canAbort: true }, state)

/** Waits for its file, which is gone. */
function missing(): Script {
  const s = keeping({ ...newUpload(fileOf(25)), source: 'closed', recorded: true, hash: 'ab' })
  s.woke()
  s.admit()
  s.send({
    type: 'openFailed',
    failure: { kind: 'local', code: 'file_not_found', message: 'gone' },
  })
  return s
}

describe('what a transport keeps for a file', () => {
  test('is released once the upload is completed, after that is recorded', () => {
    const s = keeping().toComplete()
    expect(s.completed()).toEqual([
      'withdraw',
      'closeSource',
      'forgetParts 0/1..3',
      'journalUpload',
      'wake Infinity',
      'releaseRef "ref"',
    ])
    expect(s.send({ type: 'forget' })).toEqual(['forgetUpload'])
  })

  test('is released once it is cancelled, though the abort call is still to come', () => {
    const s = keeping().toFlights()
    const effects = s.send({ type: 'cancel' })
    expect(effects).toContain('requestAdmission')
    expect(effects.slice(-2)).toEqual(['wake Infinity', 'releaseRef "ref"'])
    expect(effects.indexOf('journalUpload')).toBeGreaterThan(0)
    expect(s.send({ type: 'cancel' })).toEqual([])
  })

  test('is released once what was never sent is cancelled and leaves the journal', () => {
    const s = keeping()
    s.journaled()
    expect(s.send({ type: 'cancel' }).slice(-2)).toEqual(['forgetUpload', 'releaseRef "ref"'])
  })

  test('is kept after a failure, because retry() may need it, until that is cancelled', () => {
    const s = keeping().toFlights()
    expect(s.putFailed(1, answered(400))).not.toContain('releaseRef "ref"')
    expect(s.state.outcome).toBe('failed')
    expect(s.send({ type: 'pause' })).toEqual([])
    expect(s.send({ type: 'cancel' })).toContain('releaseRef "ref"')
  })

  test('is released when the file was brought again, once the journal knows the new one', () => {
    const s = missing()
    const effects = s.send({ type: 'attached', size: 25, lastModified: 5, ref: '"new"' })
    expect(effects).toEqual(['journalUpload', 'requestAdmission', 'releaseRef "ref"'])
    expect(s.send({ type: 'cancel' })).toContain('releaseRef "new"')
  })

  test('stays when the same file was brought again', () => {
    const s = missing()
    const effects = s.send({ type: 'attached', size: 25, lastModified: 5, ref: '"ref"' })
    expect(effects).toEqual(['requestAdmission'])
  })

  test('is not released again when it is opened after the upload was cancelled', () => {
    const s = keeping({ ...newUpload(fileOf(25)), source: 'closed', recorded: true, hash: 'ab' })
    s.woke()
    s.admit()
    expect(s.send({ type: 'cancel' })).toContain('releaseRef "ref"')
    expect(s.send({ type: 'opened', size: 25, lastModified: 5, ref: '"later"' })).toEqual([])
  })

  test('is released likewise when the new file must be hashed first, or is another one', () => {
    const touched = missing()
    expect(touched.send({ type: 'attached', size: 25, lastModified: 6, ref: '"new"' })).toEqual([
      'journalUpload',
      'requestAdmission',
      'releaseRef "ref"',
    ])
    expect(touched.state.verifying).toEqual({ hash: 'ab', lastModified: 6 })
    const other = missing()
    const effects = other.send({ type: 'attached', size: 26, lastModified: 5, ref: '"new"' })
    expect(effects).toEqual(['journalUpload', 'releaseRef "ref"'])
    expect(other.state).toMatchObject({ outcome: 'failed', file: { ref: '"new"' } })
  })

  test('is released when the file was brought again and cannot be kept', () => {
    const s = missing()
    const effects = s.send({ type: 'attached', size: 25, lastModified: 5, ref: undefined })
    expect(effects).toEqual(['journalUpload', 'requestAdmission', 'releaseRef "ref"'])
    expect(s.state.file.ref).toBeUndefined()
    expect(s.send({ type: 'cancel' }).join()).not.toContain('releaseRef')
  })

  test('stays when it is opened again, even if that is told by another ref', () => {
    const s = keeping({ ...newUpload(fileOf(25)), source: 'closed', recorded: true, hash: 'ab' })
    s.woke()
    s.admit()
    const effects = s.send({ type: 'opened', size: 25, lastModified: 6, ref: '"later"' })
    expect(effects).toEqual(['journalUpload', 'hash'])
    expect(s.state.file.ref).toBe('"later"')
  })

  test('is released where it was opened once more for an upload that exists', () => {
    const s = keeping().toFlights()
    expect(s.send({ type: 'joined', ref: '"second"' })).toEqual(['releaseRef "second"'])
    expect(s.send({ type: 'joined', ref: '"ref"' })).toEqual([])
    expect(s.send({ type: 'joined', ref: undefined })).toEqual([])
  })

  test('is released likewise while the upload opens its own', () => {
    const s = keeping({ ...newUpload(fileOf(25)), source: 'closed', recorded: true, hash: 'ab' })
    s.woke()
    expect(s.admit()).toEqual(['openSource'])
    expect(s.send({ type: 'joined', ref: '"second"' })).toEqual(['releaseRef "second"'])
    expect(s.state.source).toBe('opening')
  })

  test('is nothing where the transport keeps nothing', () => {
    const s = new Script({ keepsFiles: false }).toComplete()
    expect(s.completed().join()).not.toContain('releaseRef')
    expect(s.send({ type: 'joined', ref: '"second"' })).toEqual([])
  })
})

describe('after a start', () => {
  const upload = (ref: string | undefined, outcome: UploadState['outcome']): UploadState => ({
    ...newUpload({ ...fileOf(1), ref }),
    outcome,
  })
  const uploads = [
    upload('1', undefined),
    upload('2', 'failed'),
    upload('3', 'completed'),
    upload('4', 'cancelled'),
    upload(undefined, undefined),
  ]

  test('what unfinished and failed uploads name is needed, and nothing else', () => {
    expect(refsInNeed({ uploads, corrupt: [], newer: [] })).toEqual(['1', '2'])
  })

  test('nobody knows what is needed while a record is set aside', () => {
    expect(refsInNeed({ uploads, corrupt: ['u/x'], newer: [] })).toBeUndefined()
    expect(refsInNeed({ uploads, corrupt: [], newer: ['u/x'] })).toBeUndefined()
  })
})
