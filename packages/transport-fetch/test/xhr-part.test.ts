import { describe, expect, test } from 'vitest'
import { parseResponseHeaders } from '../src/response-headers.ts'
import { sentBytes } from '../src/sent-bytes.ts'
import { isElsewhere } from '../src/xhr-part.ts'

// The pure parts. What needs an XMLHttpRequest is tested in a browser.

describe('response headers', () => {
  test('a line for each, values as they came', () => {
    const lines = 'content-length: 0\r\netag: "a:b"\r\nx-list: one, two\r\n'
    expect(parseResponseHeaders(lines)).toEqual({
      'content-length': '0',
      etag: '"a:b"',
      'x-list': 'one, two',
    })
  })

  test('names in lower case, as older browsers do not give them', () => {
    expect(parseResponseHeaders('ETag: "x"\r\nX-Amz-Id-2:y\r\n')).toEqual({
      etag: '"x"',
      'x-amz-id-2': 'y',
    })
  })

  test('an empty value stays, and no headers are none', () => {
    expect(parseResponseHeaders('x-empty: \r\n')).toEqual({ 'x-empty': '' })
    expect(parseResponseHeaders('')).toEqual({})
  })
})

describe('progress', () => {
  function told(partBytes: number, loaded: readonly number[]): readonly number[] {
    const bytes: number[] = []
    const progress = sentBytes(partBytes, (sent) => bytes.push(sent))
    for (const value of loaded) progress(value)
    return bytes
  }

  test('never falls, when the browser sends a request again', () => {
    expect(told(100, [10, 60, 0, 30, 60, 90])).toEqual([10, 60, 90])
  })

  test('never exceeds the part, and is its size once', () => {
    expect(told(100, [50, 100, 120, 100])).toEqual([50, 100])
  })

  test('of an empty part there is none', () => {
    expect(told(0, [0, 0, 5])).toEqual([])
  })
})

describe('redirects', () => {
  const url = 'https://bucket.example/a%2Fb?x=%2b'

  test.each([url, ''])(
    'an answer of the URL that was asked, or of nobody knows which: "%s"',
    (from) => {
      expect(isElsewhere(from, url)).toBe(false)
    },
  )

  test('a URL in another form of its own is the same', () => {
    expect(isElsewhere(url, 'HTTPS://Bucket.Example:443/a%2Fb?x=%2b#fragment')).toBe(false)
  })

  test.each([
    'https://bucket.example/a%2Fb',
    'https://bucket.example/login',
    'https://other.example/a%2Fb?x=%2b',
    'http://bucket.example/a%2Fb?x=%2b',
  ])('an answer of %s is of another place', (from) => {
    expect(isElsewhere(from, url)).toBe(true)
  })
})
