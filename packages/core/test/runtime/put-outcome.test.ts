import { describe, expect, test } from 'vitest'
import { readPutOutcome } from '../../src/runtime/put-outcome.ts'

const WALL = Date.UTC(2026, 0, 2, 3, 4, 5)

describe('the answer to a PUT', () => {
  test.each([
    [200, { ETag: '"abc"' }, 'unquoted', 'abc'],
    [200, { etag: '"abc"' }, 'verbatim', '"abc"'],
    [204, { ETAG: 'abc' }, 'unquoted', 'abc'],
    [201, { ETag: 'W/"abc"' }, 'unquoted', 'abc'],
  ] as const)('%i with %o is a part (%s)', (status, headers, mode, etag) => {
    expect(readPutOutcome({ status, headers }, 1, mode, WALL)).toEqual({ ok: true, etag })
  })

  test.each([{}, { ETag: '' }, { ETag: '""' }, { ETag: '"a", "b"' }])(
    'without a usable ETag (%o) is none',
    (headers) => {
      expect(readPutOutcome({ status: 200, headers } as never, 7, 'unquoted', WALL)).toEqual({
        ok: false,
        failure: {
          kind: 'unusable',
          code: 'etag_missing',
          status: 200,
          message: 'part 7 was answered 200 without an ETag',
        },
      })
    },
  )

  test.each([199, 302, 400, 403, 500, 0])('%i is a failure, even with an ETag', (status) => {
    expect(readPutOutcome({ status, headers: { ETag: 'a' } }, 7, 'unquoted', WALL)).toEqual({
      ok: false,
      failure: {
        kind: 'status',
        status,
        reason: undefined,
        retryAfterMs: undefined,
        message: `part 7 was answered ${status}`,
      },
    })
  })

  test('tells the code of S3, and nothing else of the body', () => {
    const body =
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>secret</Message></Error>'
    const outcome = readPutOutcome({ status: 403, headers: {}, body }, 7, 'unquoted', WALL)
    expect(outcome).toMatchObject({
      failure: { reason: 'AccessDenied', message: 'part 7 was answered 403 (AccessDenied)' },
    })
    expect(JSON.stringify(outcome)).not.toContain('secret')
  })

  test('tells how long to wait, by the clock of whoever said so', () => {
    const at = (headers: Record<string, string>): unknown =>
      readPutOutcome({ status: 503, headers }, 1, 'unquoted', WALL)
    expect(at({ 'Retry-After': '7' })).toMatchObject({ failure: { retryAfterMs: 7000 } })
    const later = new Date(WALL + 9000).toUTCString()
    expect(at({ 'retry-after': later })).toMatchObject({ failure: { retryAfterMs: 9000 } })
    const date = new Date(WALL + 4000).toUTCString()
    expect(at({ 'retry-after': later, date })).toMatchObject({ failure: { retryAfterMs: 5000 } })
  })
})
