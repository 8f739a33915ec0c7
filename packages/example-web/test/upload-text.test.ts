import { UploadError, type UploadSnapshot } from '@s3-bg-uploader/core'
import { describe, expect, test } from 'vitest'
import { announcement, progressText, statusLabel, waitingText } from '../src/text/upload-text.ts'

const snapshot = (changes: Partial<UploadSnapshot>): UploadSnapshot => ({
  id: 'id',
  name: 'holiday.mp4',
  transferId: undefined,
  status: 'uploading',
  totalBytes: 100e6,
  hashedBytes: 100e6,
  sentBytes: 25e6,
  confirmedBytes: 20e6,
  totalParts: 10,
  confirmedParts: 2,
  partsInFlight: 1,
  percentage: 25,
  speed: 5e6,
  eta: 15,
  waitingFor: undefined,
  error: undefined,
  key: 'key',
  fileHash: '0123456789abcdef',
  ...changes,
})

const waiting = (reason: 'file' | 'network' | 'retry' | 'slot', error?: UploadError) =>
  snapshot({ waitingFor: { reason, until: undefined, ...(error && { error }) } })

describe('progressText', () => {
  test('tells size, speed and time while it moves', () => {
    expect(progressText(snapshot({}))).toBe('25.0 MB of 100 MB · 5.00 MB/s · 15 s left')
  })

  test('tells no speed and no time of what waits', () => {
    expect(progressText(waiting('network'))).toBe('25.0 MB of 100 MB')
    expect(progressText(waiting('slot'))).toBe('25.0 MB of 100 MB · other uploads go first')
  })

  test('tells how far the checksum is, also of an empty file', () => {
    const hashing = { status: 'hashing', hashedBytes: 43e6 } as const
    expect(progressText(snapshot(hashing))).toBe('100 MB · checksum 43 %')
    expect(progressText(snapshot({ ...hashing, totalBytes: 0, hashedBytes: 0 }))).toBe(
      '0 B · checksum 100 %',
    )
  })
})

describe('why it waits', () => {
  test('is said of everything but a turn, which the line says', () => {
    expect(waitingText(snapshot({}))).toBeUndefined()
    expect(waitingText(waiting('slot'))).toBeUndefined()
    expect(waitingText(waiting('network'))).toContain('no network')
    expect(waitingText(waiting('retry'))).toContain('tried again')
  })

  test('tells a permission from a file that is gone', () => {
    const permission = new UploadError('permission_needed', 'ask')
    expect(waitingText(waiting('file', permission))).toContain('asks again')
    expect(waitingText(waiting('file'))).toContain('Choose holiday.mp4 again')
  })

  test('is what the label says, whatever the status', () => {
    expect(statusLabel(snapshot({}))).toBe('Uploading')
    expect(statusLabel(waiting('network'))).toBe('Waiting')
  })
})

describe('announcement', () => {
  test('names the file, and says what to do where something can be done', () => {
    expect(announcement(snapshot({ status: 'completed' }))).toBe('holiday.mp4: Done')
    expect(announcement(waiting('network'))).toMatch(/^holiday.mp4 waits. There is no network/)
    const error = new UploadError('storage_rejected', 'part 9 was answered 400')
    expect(announcement(snapshot({ status: 'failed', error }))).toBe(
      `holiday.mp4 failed. ${error.hint}`,
    )
  })

  test('stays the same while an upload only moves', () => {
    expect(announcement(snapshot({ sentBytes: 26e6 }))).toBe(announcement(snapshot({})))
  })
})
