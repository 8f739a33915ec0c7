import { describe, expect, test } from 'vitest'
import { statusFailure } from '../../src/protocol/status-failure.ts'

const answered = (status: number, reason?: string) => ({ status, reason, retryAfterMs: undefined })

test.each([
  ['start', 'startUpload answered 500'],
  ['urls', 'getUploadUrls answered 500'],
  ['complete', 'complete answered 500'],
  ['list', 'listParts answered 500'],
  ['abort', 'abort answered 500'],
] as const)('%s goes by the name that the contract gives it', (call, message) => {
  expect(statusFailure(call, 'https://b.test', answered(500))).toMatchObject({ message })
})

test.each([
  [300, 'start', 'startUpload answered 300, and redirects are not followed'],
  [399, 'start', 'startUpload answered 399, and redirects are not followed'],
  [400, 'start', 'startUpload answered 400'],
] as const)('%d: what is a redirect', (status, call, message) => {
  expect(statusFailure(call, 'https://b.test', answered(status))).toMatchObject({ message })
})

describe('404', () => {
  test('names the route that is mostly missing', () => {
    expect(statusFailure('list', 'https://b.test/l?a=1', answered(404))).toMatchObject({
      hint: expect.stringContaining('POST https://b.test/l:'),
    })
  })

  test.each(['NoSuchUpload', 'NoSuchKey'])('with %s came from the handler', (reason) => {
    expect(statusFailure('list', 'https://b.test/l', answered(404, reason))).toMatchObject({
      hint: undefined,
    })
  })
})
