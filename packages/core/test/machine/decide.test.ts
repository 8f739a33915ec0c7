import { describe, expect, test } from 'vitest'
import { backoffMs } from '../../src/machine/backoff.ts'
import { decide, errorCode, type Step } from '../../src/machine/decide.ts'
import type { Failure } from '../../src/machine/failure.ts'

const steps: readonly Step[] = ['start', 'urls', 'complete', 'list', 'abort', 'put', 'file']

function status(code: number, reason?: string): Failure {
  return { kind: 'status', status: code, message: '', reason }
}

const exchange: Failure = { kind: 'exchange', message: '' }
const stalled: Failure = { kind: 'stalled', message: '' }
const expired: Failure = { kind: 'expired', message: '' }
const invalid: Failure = { kind: 'unusable', code: 'response_invalid', status: 200, message: '' }
const blind: Failure = { kind: 'unusable', code: 'etag_missing', status: 200, message: '' }
const changed: Failure = { kind: 'local', code: 'source_changed', message: '' }

describe.each(steps)('%s', (step) => {
  test.each([
    exchange,
    stalled,
    expired,
    ...[408, 425, 429, 500, 502, 503, 504, 599].map((code) => status(code)),
  ])('%o may succeed later', (failure) => expect(decide(step, failure)).toBe('retry'))

  test.each([
    invalid,
    blind,
    changed,
    ...[300, 304, 400, 401, 405, 409, 411, 413, 422, 499].map((code) => status(code)),
  ])('%o would fail again', (failure) => expect(decide(step, failure)).toBe('fail'))
})

test.each<[Step, Failure, ReturnType<typeof decide>]>([
  ['put', status(403), 'fresh_url'],
  ['put', status(403, 'SignatureDoesNotMatch'), 'fresh_url'],
  ['put', status(400, 'ExpiredToken'), 'fresh_url'],
  ['put', status(400, 'RequestTimeout'), 'retry'],
  ['put', status(404), 'restart'],
  ['put', status(404, 'NoSuchUpload'), 'restart'],
  ['put', status(404, 'NoSuchBucket'), 'fail'],
  ['urls', status(403), 'fail'],
  ['urls', status(404), 'fail'],
  ['start', status(404, 'NoSuchUpload'), 'fail'],
  ['urls', status(404, 'NoSuchUpload'), 'restart'],
  ['list', status(404, 'NoSuchUpload'), 'restart'],
  ['complete', status(400, 'NoSuchUpload'), 'restart'],
  ['complete', status(503, 'NoSuchUpload'), 'retry'],
])('%s, %o → %s', (step, failure, decision) => {
  expect(decide(step, failure)).toBe(decision)
})

test.each<[Step, Failure, ReturnType<typeof errorCode>]>([
  ['put', exchange, 'network_failed'],
  ['start', exchange, 'network_failed'],
  ['put', stalled, 'stalled'],
  ['urls', expired, 'response_invalid'],
  ['start', invalid, 'response_invalid'],
  ['put', blind, 'etag_missing'],
  ['file', changed, 'source_changed'],
  ['put', status(503), 'storage_unavailable'],
  ['urls', status(503), 'backend_unavailable'],
  ['put', status(403), 'storage_rejected'],
  ['put', status(404, 'NoSuchUpload'), 'upload_lost'],
  ['complete', status(404, 'NoSuchUpload'), 'upload_lost'],
  ['complete', status(401), 'unauthorized'],
  ['list', status(403), 'unauthorized'],
  ['start', status(404), 'backend_rejected'],
])('%s, %o is reported as %s', (step, failure, code) => {
  expect(errorCode(step, failure)).toBe(code)
})

describe('backoff', () => {
  const rules = { attempts: 10, baseMs: 500, capMs: 60_000 }

  test.each([
    [1, 500],
    [2, 1000],
    [3, 2000],
    [7, 32_000],
    [8, 60_000],
    [2000, 60_000],
  ])('after %d failed attempts: at most %d ms, anything below', (failed, most) => {
    expect(backoffMs(rules, failed, 0, undefined)).toBe(0)
    expect(backoffMs(rules, failed, 0.5, undefined)).toBe(most / 2)
    expect(backoffMs(rules, failed, 0.999_999, undefined)).toBeCloseTo(most, -1)
  })

  test.each([
    [1, 0, 5000, 5000],
    [1, 0.5, 5000, 5250],
    // Longer than asked for, if that is what patience says.
    [8, 0.5, 5000, 30_000],
    [1, 0.5, 0, 250],
    // An hour is an hour: the cap is for our own patience only.
    [1, 0, 3_600_000, 3_600_000],
  ])('after %d with draw %d and Retry-After %d ms: %d ms', (failed, draw, asked, wait) => {
    expect(backoffMs(rules, failed, draw, asked)).toBe(wait)
  })
})
