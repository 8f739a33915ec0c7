import { expect, test } from 'vitest'
import { exitCodeOf, summarize } from '../src/summary.ts'
import { snapshot } from './fake-uploader.ts'

const completed = snapshot({ status: 'completed', totalBytes: 7 })
const failed = snapshot({ status: 'failed', totalBytes: 5 })
const cancelled = snapshot({ status: 'cancelled', totalBytes: 3 })

test.each([
  ['all completed', [completed, completed], undefined, 0],
  ['one failed', [completed, failed], undefined, 1],
  ['all failed', [failed], undefined, 1],
  ['one cancelled by somebody else', [completed, cancelled], undefined, 1],
  ['Ctrl-C', [completed, cancelled], 'SIGINT', 130],
  ['Ctrl-C and a failure', [failed, cancelled], 'SIGINT', 130],
  ['SIGTERM', [cancelled], 'SIGTERM', 143],
] as const)('%s', (_, snapshots, interruptedBy, exitCode) => {
  expect(exitCodeOf(summarize(snapshots, { seconds: 1, interruptedBy }))).toBe(exitCode)
})

test('counts every file once, and the bytes of completed ones', () => {
  const snapshots = [completed, completed, failed, cancelled, snapshot({ status: 'uploading' })]
  expect(summarize(snapshots, { seconds: 2, interruptedBy: undefined })).toEqual({
    completed: 2,
    failed: 1,
    cancelled: 2,
    bytes: 14,
    seconds: 2,
    interruptedBy: undefined,
  })
})
