import { expect, test } from 'vitest'
import { checkPresignedUrl } from '../src/presigned-url.ts'

const KEPT = [
  'https://bucket.s3.eu-central-1.amazonaws.com/a%20b/%C3%BC.mov?X-Amz-Credential=AK%2F2026&x-id=UploadPart',
  'http://127.0.0.1:9000/bucket/a%2Fb%2fc?sig=%2B%2b%3D',
  'https://bucket.example/%61%7E%2D?%78=%79',
  "https://bucket.example/a!$&'()*+,;=:@b~-._?a=/?:@!$()*+,;~-._",
  'https://bucket.example/a+b%20c?d+e=f%20g',
  'https://bucket.example/p?z=1&a=2&z=3&&empty=&bare&=nameless',
  'https://bucket.example/a//b///?x=//',
  'https://bucket.example/...a/b..',
  'https://bucket.example/p?',
  'https://bucket.example?x=1',
  'https://bucket.example',
  'HTTPS://Bucket.Example:443/p?x=1',
  'https://bucket.example/p?x=1#fragment',
]

test.each(KEPT)('a URL that is sent as it was signed: %s', (url) => {
  expect(() => checkPresignedUrl(url)).not.toThrow()
})

const REWRITTEN = [
  'https://bucket.example/a b?sig=c0ffee',
  'https://bucket.example/a?sig=c0ffee&x=a b',
  'https://bucket.example/a?sig=c0ffee ',
  ' https://bucket.example/a?sig=c0ffee',
  'https://bucket.example/a\tb?sig=c0ffee',
  'https://bucket.example/ü?sig=c0ffee',
  'https://bucket.example/a?sig=c0ffee&x=ü',
  "https://bucket.example/a?sig=c0ffee&x='",
  'https://bucket.example/a"b?sig=c0ffee',
  'https://bucket.example/a{b}?sig=c0ffee',
  'https://bucket.example/a\\b?sig=c0ffee',
  'https://bucket.example/a/../b?sig=c0ffee',
  'https://bucket.example/a/./b?sig=c0ffee',
  'https://bucket.example/a/%2e%2E/b?sig=c0ffee',
]

test.each(REWRITTEN)('a URL that would be sent in another form is refused: %s', (url) => {
  expect(() => checkPresignedUrl(url)).toThrow(
    expect.objectContaining({
      code: 'response_invalid',
      message: expect.not.stringContaining('c0ffee'),
      hint: expect.stringContaining('percent-encoded'),
    }),
  )
})

const UNUSABLE = [
  ['/part?sig=c0ffee', 'absolute'],
  ['https:/bucket.example/a?sig=c0ffee', 'absolute'],
  ['file:///etc/passwd?sig=c0ffee', 'absolute'],
  ['https://bucket.example:99999/?sig=c0ffee', 'absolute'],
  ['', 'absolute'],
  ['https://user:c0ffee@bucket.example/', 'user name or password'],
] as const

test.each(UNUSABLE)('a URL that cannot be used is refused: %s', (url, why) => {
  const message = expect.stringContaining(why)
  expect(() => checkPresignedUrl(url)).toThrow(
    expect.objectContaining({ code: 'response_invalid', message }),
  )
  expect(() => checkPresignedUrl(url)).not.toThrow(/c0ffee/)
})
