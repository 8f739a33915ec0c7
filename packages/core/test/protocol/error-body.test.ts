import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readErrorReason } from '../../src/protocol/error-body.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const xml = (code: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>No.</Message></Error>`

test.each([
  [xml('NoSuchUpload'), 'NoSuchUpload'],
  [xml('\n  SlowDown '), 'SlowDown'],
  ['{"code":"NoSuchUpload"}', 'NoSuchUpload'],
  ['{"error":{"code":"quota.exceeded","message":"No."}}', 'quota.exceeded'],
  ['{"error":"invalid_token"}', 'invalid_token'],
  ['{"code":"no token at all","error":"but_this"}', 'but_this'],
  ['{"code":"QuotaExceeded","error":null}', 'QuotaExceeded'],
  ['{"code":404,"error":{"code":"NotFound"}}', 'NotFound'],
])('%s', (body, reason) => {
  expect(readErrorReason(body)).toBe(reason)
})

test.each([
  undefined,
  '',
  'Not found',
  '<html><body>502</body></html>',
  xml(''),
  xml('two words'),
  xml('a'.repeat(65)),
  `${' '.repeat(5000)}${xml('TooFarIn')}`,
  'null',
  '"NoSuchUpload"',
  '[]',
  '{}',
  '{"code":7}',
  '{"code":"https://s3.test/?X-Amz-Signature=secret"}',
  '{"error":null}',
  '{"__proto__":{"code":"NoSuchUpload"}}',
  `{"code":"TooLong","padding":"${'a'.repeat(70_000)}"}`,
])('%.60s has no code', (body) => {
  expect(readErrorReason(body)).toBeUndefined()
})

test('JSON of 64 KiB is still parsed', () => {
  const body = (length: number) => `{"code":"Long","a":"${'a'.repeat(length - 22)}"}`
  expect(body(65_536)).toHaveLength(65_536)
  expect(readErrorReason(body(65_536))).toBe('Long')
  expect(readErrorReason(body(65_537))).toBeUndefined()
})

test('never throws, and tells a token or nothing', () => {
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map(xml),
    fc
      .record({ error: fc.jsonValue(), code: fc.jsonValue() })
      .map((value) => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(body, (text) => {
      expect(readErrorReason(text) ?? 'none').toMatch(/^[A-Za-z0-9_.-]{1,64}$/)
    }),
  )
})
