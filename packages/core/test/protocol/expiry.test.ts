import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTimes } from '../../src/protocol/expiry.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const at = Date.UTC(2026, 0, 2, 3, 4, 5)

test.each([
  ['S3 v4', 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900', 900],
  ['S3 v4, lower case', 'x-amz-expires=900&x-amz-date=20260102T030405Z', 900],
  ['Google v4', 'X-Goog-Date=20260102T030405Z&X-Goog-Expires=60&X-Goog-Signature=a', 60],
  ['S3 v2', `AWSAccessKeyId=a&Signature=b%3D&Expires=${at / 1000 + 5}`, 5],
  ['CloudFront', `Expires=${at / 1000}&Key-Pair-Id=k`, 0],
  ['Azure', 'sv=2024-11-04&se=2026-01-02T03%3A04%3A10Z&sig=x', 5],
  ['Azure, no seconds', 'se=2026-01-02T03%3A05Z&sig=x', 55],
  ['encoded names', 'X-Amz%2DDate=20260102T030405Z&X%2DAmz-Expires=900', 900],
  ['Azure, parts of a second', 'se=2026-01-02T03%3A04%3A10.25Z&sig=x', 5],
  ['a name that is repeated', `Expires=${at / 1000}&Expires=${at / 1000 + 9}`, 0],
  ['broken v4, readable v2', `X-Amz-Date=x&X-Amz-Expires=1&Expires=${at / 1000}`, 0],
])('%s', (_, query, seconds) => {
  expect(readTimes(`https://s3.test/bucket/key?${query}`).expiresAt).toBe(at + seconds * 1000)
  expect(readTimes(`https://s3.test/bucket/key?${query}#X-Amz-Date`).expiresAt).toBe(
    at + seconds * 1000,
  )
})

test.each([
  ['X-Amz-Date=20260102T030405Z', at],
  ['x-goog-date=20260102T030405Z&X-Goog-Expires=60', at],
  ['X-Amz-Date=yesterday', undefined],
  [`Expires=${at / 1000}&Signature=x`, undefined],
])('%s was signed at %s', (query, signedAt) => {
  expect(readTimes(`https://s3.test/key?${query}`).signedAt).toBe(signedAt)
})

test('Azure, a date alone', () => {
  expect(readTimes('https://s3.test/key?se=2026-01-02&sig=x').expiresAt).toBe(Date.UTC(2026, 0, 2))
})

test.each([
  '',
  '?',
  '?&&=&',
  '?X-Amz-Date=20260102T030405Z',
  '?X-Amz-Expires=900',
  '?X-Amz-Date=20261302T030405Z&X-Amz-Expires=900',
  '?X-Amz-Date=20260231T030405Z&X-Amz-Expires=900',
  '?X-Amz-Date=20260102T030405Z&X-Amz-Expires=-900',
  '?X-Amz-Date=20260102T030405Z&X-Amz-Expires=9e2',
  '?X-Amz-Date=20260102T030405Zx&X-Amz-Expires=900',
  '?X-Amz-Date=x20260102T030405Z&X-Amz-Expires=900',
  '?X-Amz-Date=20260102T030405Z&X-Goog-Expires=900',
  '?X-Amz-Date=%E0%A4%A&X-Amz-Expires=900',
  '?Expires=3600',
  '?Expires=0999999999',
  '?Expires=1767323045000',
  '?Expires=Fri%2C%2002%20Jan%202026',
  '?se=2026-01-02T03:04:05Z',
  '?se=2026-01-02T03:04:05Z&sigx',
  '?se=x2026-01-02T03:04:05Z&sig=x',
  '?se=2026-01-02T03:04:05Zx&sig=x',
  '?se=2026-01-02T03:04:05.xZ&sig=x',
  '#?X-Amz-Date=20260102T030405Z&X-Amz-Expires=900',
])('%s does not tell', (rest) => {
  expect(readTimes(`https://s3.test/key${rest}`).expiresAt).toBeUndefined()
})

test('the first second that is taken for a point in time', () => {
  expect(readTimes('https://s3.test/key?Expires=1000000000').expiresAt).toBe(1_000_000_000_000)
})

test('never throws, and tells a finite number or nothing', () => {
  const name = fc.constantFrom('X-Amz-Date', 'X-Amz-Expires', 'Expires', 'se', 'sig', '%', '')
  const value = fc.oneof(fc.string(), fc.nat().map(String), fc.stringMatching(/^\d{8}T\d{6}Z$/))
  const query = fc.array(fc.tuple(name, value).map(([key, text]) => `${key}=${text}`))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        query.map((pairs) => `https://h/?${pairs.join('&')}`),
      ),
      (url) => {
        expect(Number.isFinite(readTimes(url).expiresAt ?? 0)).toBe(true)
      },
    ),
  )
})
