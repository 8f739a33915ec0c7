import type { AggregateSnapshot, UploadSnapshot } from '@s3-bg-uploader/core'
import { UploadError } from '@s3-bg-uploader/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { barsReporter } from '../src/reporters/bars.ts'
import { jsonLinesReporter } from '../src/reporters/json-lines.ts'
import { linesReporter } from '../src/reporters/lines.ts'
import { FakeIo } from './fake-io.ts'
import { FakeUploader, snapshot } from './fake-uploader.ts'

const SUMMARY = {
  completed: 2,
  failed: 1,
  cancelled: 0,
  bytes: 2_000_000,
  seconds: 4,
  interruptedBy: undefined,
}

/** A file whose snapshot the test changes. */
function fileOf(path: string, initial: Partial<UploadSnapshot> = {}) {
  return {
    path,
    snapshot: snapshot({ name: path, totalBytes: 1_000_000, ...initial }),
    set(changes: Partial<UploadSnapshot>) {
      this.snapshot = { ...this.snapshot, ...changes }
    },
  }
}

describe('plain lines', () => {
  test('tell a start, every tenth, why it waits, and the end', () => {
    const io = new FakeIo()
    const reporter = linesReporter(io)
    const file = fileOf('a.bin')
    const change = (changes: Partial<UploadSnapshot>): void => {
      file.set(changes)
      reporter.changed(file)
    }
    change({ waitingFor: { reason: 'slot', until: undefined } })
    change({ status: 'hashing', waitingFor: undefined })
    for (let hashed = 0; hashed < 1_000_000; hashed += 50_000) change({ hashedBytes: hashed })
    change({ status: 'uploading', speed: 500_000, eta: 2 })
    for (let percentage = 0; percentage <= 30; percentage++) change({ percentage })
    change({ waitingFor: { reason: 'retry', until: io.wall() + 3000 }, speed: 0, eta: undefined })
    change({ waitingFor: undefined })
    file.set({ status: 'completed', percentage: 100 })
    reporter.finished(file)
    expect(io.stdout.lines).toEqual([
      'started    a.bin (1.0 MB)',
      'uploading  a.bin 10%  500 kB/s  0:02 left',
      'uploading  a.bin 20%  500 kB/s  0:02 left',
      'uploading  a.bin 30%  500 kB/s  0:02 left',
      'waiting    a.bin: retry in 3 s',
      'completed  a.bin (1.0 MB)',
    ])
  })

  test('tell about slow progress every few seconds', () => {
    const io = new FakeIo()
    const reporter = linesReporter(io)
    const file = fileOf('a.bin', { status: 'uploading' })
    for (let second = 0; second < 12; second++) {
      io.time = second * 1000
      file.set({ percentage: second / 10 })
      reporter.changed(file)
    }
    expect(io.stdout.lines).toEqual([
      'started    a.bin (1.0 MB)',
      'uploading  a.bin 0%',
      'uploading  a.bin 1%',
    ])
  })

  test('tell about failures, interruptions and the sum', () => {
    const io = new FakeIo()
    const reporter = linesReporter(io)
    const error = new UploadError('network_failed', 'The connection broke')
    reporter.finished(fileOf('b\n.bin', { status: 'failed', error }))
    reporter.finished(fileOf('c.bin', { status: 'cancelled', percentage: 42.9 }))
    reporter.summary({ ...SUMMARY, cancelled: 1, interruptedBy: 'SIGINT' })
    expect(io.stdout.lines).toEqual([
      'failed     b\u{fffd}.bin: The connection broke',
      'unfinished c.bin (42%)',
      'interrupted: 2 files completed, 1 failed, 1 not finished: 2.0 MB in 4.0 s (500 kB/s)',
    ])
  })
})

describe('JSON lines', () => {
  test('have every status and some of the progress', () => {
    const io = new FakeIo()
    const reporter = jsonLinesReporter(io)
    const file = fileOf('dir/a.bin')
    for (let tick = 0; tick < 100; tick++) {
      io.time = tick * 10
      file.set({ status: tick < 50 ? 'hashing' : 'uploading' })
      reporter.changed(file)
    }
    file.set({ status: 'completed', percentage: 100, key: 'k' })
    reporter.finished(file)
    const lines = io.stdout.lines.map((line) => JSON.parse(line))
    expect(lines.map(({ status }) => status)).toEqual([
      'hashing',
      'hashing',
      'uploading',
      'uploading',
      'completed',
    ])
    expect(lines.at(-1)).toMatchObject({
      type: 'upload',
      file: 'dir/a.bin',
      totalBytes: 1_000_000,
      percentage: 100,
      key: 'k',
    })
  })

  test('have errors as data, without their causes', () => {
    const io = new FakeIo()
    const reporter = jsonLinesReporter(io)
    const error = new UploadError('storage_rejected', 'Refused', {
      part: 3,
      status: 403,
      cause: new Error('https://bucket/key?X-Amz-Signature=SECRET'),
    })
    reporter.finished(fileOf('a', { status: 'failed', error }))
    expect(io.stdout.text).not.toContain('SECRET')
    expect(JSON.parse(io.stdout.text)).toMatchObject({
      type: 'upload',
      status: 'failed',
      error: {
        code: 'storage_rejected',
        message: 'Refused',
        hint: error.hint,
        docs: error.docs,
        retryable: false,
        part: 3,
        status: 403,
      },
    })
  })

  test('end with the summary', () => {
    const io = new FakeIo()
    jsonLinesReporter(io).summary(SUMMARY)
    expect(JSON.parse(io.stdout.text)).toEqual({
      type: 'summary',
      completed: 2,
      failed: 1,
      cancelled: 0,
      bytes: 2_000_000,
      seconds: 4,
      exitCode: 1,
    })
  })
})

describe('bars', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function barsOf(io: FakeIo, count: number, total: Partial<AggregateSnapshot> = {}) {
    const sums = { ...new FakeUploader().getSnapshot(), ...total }
    return barsReporter(io, { count, total: () => sums })
  }

  /** The rows of the next frame, without what moves the cursor. */
  function frame(io: FakeIo): string[] {
    io.stdout.text = ''
    vi.advanceTimersByTime(100)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is removed.
    const text = io.stdout.text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    return text.split('\n').map((row) => row.trimEnd())
  }

  test('show a row for each active file, and the total', () => {
    const io = new FakeIo({ isTTY: true })
    const reporter = barsOf(io, 3, { percentage: 50, speed: 1_500_000, eta: 61 })
    reporter.changed(fileOf('queued.bin', { waitingFor: { reason: 'slot', until: undefined } }))
    reporter.changed(fileOf('hashing.bin', { status: 'hashing', hashedBytes: 250_000 }))
    const uploading = fileOf('up.bin', { status: 'uploading', percentage: 75.9, partsInFlight: 1 })
    uploading.set({ speed: 1_500_000, eta: 1 })
    reporter.changed(uploading)
    expect(frame(io)).toEqual([
      '  hashing.bin                      ━━━━━━━━─────────────────────────   25%  hashing',
      '  up.bin                           ━━━━━━━━━━━━━━━━━━━━━━━━━────────   75%   1.5 MB/s  0:01 left',
      '  0 of 3 files                     ━━━━━━━━━━━━━━━━━────────────────   50%   1.5 MB/s  1:01 left',
    ])
    reporter.stop()
  })

  test('leave finished files above', () => {
    const io = new FakeIo({ isTTY: true })
    const reporter = barsOf(io, 2)
    const file = fileOf('a.bin', { status: 'uploading', percentage: 99 })
    reporter.changed(file)
    expect(frame(io)[0]).toMatch(/^ {2}a\.bin .* 99% {2}uploading$/)
    file.set({ status: 'completed', percentage: 100 })
    reporter.finished(file)
    const error = new UploadError('file_not_found', 'There is no file at b.bin')
    reporter.finished(fileOf('b.bin', { status: 'failed', error }))
    expect(frame(io)).toEqual([
      '✓ a.bin                            1.0 MB',
      '✗ b.bin                            There is no file at b.bin',
      '  2 of 2 files                     ─────────────────────────────────    0%',
      '',
    ])
    reporter.stop()
  })

  test('tell of a problem above, on one row', () => {
    const io = new FakeIo({ isTTY: true })
    const reporter = barsOf(io, 1)
    reporter.changed(fileOf('a.bin', { status: 'uploading' }))
    reporter.problem(
      new UploadError('store_failed', `The journal in ${'/long'.repeat(40)} is gone`),
    )
    const [problem = '', bar] = frame(io)
    expect(problem).toMatch(/^! The journal in \/long.*….* is gone$/)
    expect(problem.length).toBeLessThan(io.stdout.columns)
    expect(bar).toMatch(/^ {2}a\.bin /)
    reporter.stop()
  })

  test('fit the screen with any number of files', () => {
    const io = new FakeIo({ isTTY: true })
    const reporter = barsOf(io, 200)
    for (let n = 0; n < 200; n++) reporter.changed(fileOf(`${n}`, { status: 'uploading' }))
    const rows = frame(io)
    expect(rows).toHaveLength(10)
    expect(rows[8]).toBe('  … and 192 more')
    reporter.stop()
  })

  test('a single file needs no total', () => {
    const io = new FakeIo({ isTTY: true })
    const reporter = barsOf(io, 1)
    reporter.changed(fileOf('a.bin', { status: 'uploading' }))
    expect(frame(io)).toHaveLength(1)
    reporter.stop()
  })

  test('give the terminal back as it was', () => {
    const io = new FakeIo({ isTTY: true })
    const reporter = barsOf(io, 2)
    frame(io)
    io.stdout.text = ''
    reporter.finished(fileOf('a.bin', { status: 'completed' }))
    reporter.stop()
    expect(io.stdout.text).toContain('a.bin')
    expect(io.stdout.text).toContain('\u001b[?25h')
    expect(io.stdout.text).toContain('\u001b[?7h')
    expect(vi.getTimerCount()).toBe(0)
  })
})
