import { UploadError } from '@s3-bg-uploader/core'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { describeFailures } from '../src/describe-error.ts'
import { fitMiddle, printable } from '../src/printable.ts'
import { formatBytes, formatClock } from '../src/quantities.ts'
import { waitingText } from '../src/reporters/status-text.ts'
import { snapshot } from './fake-uploader.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [99_949, '99.9 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_234_567_890, '1.2 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [undefined, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [1e9, undefined],
  [0, '0:00'],
  [6.2, '0:07'],
  [59.5, '1:00'],
  [3599, '59:59'],
  [11_100, '3:05:00'],
])('%s seconds are %s', (seconds, text) => {
  expect(formatClock(seconds)).toBe(text)
})

test('names cannot move the cursor, forge lines or turn around', () => {
  expect(printable('a\u001b[2Jb\nc\rd\u202Ee\u0007')).toBe('ab\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}')
  expect(printable('日本語 – ça 👩‍👩‍👧.mov')).toBe('日本語 – ça 👩‍👩‍👧.mov')
})

test.each([
  'short',
  'exactly ten',
  'a very long name.bin',
  '日本語のとても長い名前.bin',
  '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧',
])('%s fits into ten columns', (name) => {
  expect(stringWidth(fitMiddle(name, 10))).toBe(10)
})

test('long names keep both ends', () => {
  expect(fitMiddle('a very long name.bin', 12)).toBe('a very…e.bin')
})

test('failures with one hint share it', () => {
  const missing = (path: string) => ({
    path,
    error: new UploadError('file_not_found', `There is no file at ${path}`, { hint: 'Look.' }),
  })
  const refused = {
    path: 'c',
    error: new UploadError('storage_rejected', 'Refused', { hint: 'Ask.', part: 3, status: 403 }),
  }
  expect(describeFailures([missing('a'), refused, missing('b')]).split('\n')).toEqual([
    'error: a: There is no file at a [file_not_found]',
    'error: b: There is no file at b [file_not_found]',
    'hint: Look.',
    `docs: ${missing('a').error.docs}`,
    'error: c: Refused [storage_rejected, part 3, status 403]',
    'hint: Ask.',
    expect.stringMatching(/^docs: https:.*\/troubleshooting\.md#storage_rejected$/),
    '',
  ])
})

test('waiting says for what, and how long', () => {
  const waiting = (reason: 'network' | 'retry', until?: number) =>
    waitingText(snapshot({ status: 'uploading', waitingFor: { reason, until } }), 10_000)
  expect(waiting('network')).toBe('waiting for the network')
  expect(waiting('retry')).toBe('waiting to retry')
  expect(waiting('retry', 12_100)).toBe('retry in 3 s')
  expect(waiting('retry', 9_000)).toBe('retry in 0 s')
})
