import { expect, test } from 'vitest'
import { findHeader, normalizeEtag, readEtag } from '../../src/protocol/etag.ts'

test.each(['etag', 'ETag', 'ETAG', 'eTaG'])('finds %s', (name) => {
  expect(findHeader({ 'content-length': '0', [name]: '"a"' }, 'ETag')).toBe('"a"')
})

test('a name that every object inherits is no header', () => {
  expect(findHeader({}, 'constructor')).toBeUndefined()
})

test.each([
  // header, unquoted, verbatim
  ['"9b2cf535f27731c974343645a3985328"', '9b2cf535f27731c974343645a3985328', undefined],
  [' "a" ', 'a', '"a"'],
  ['a', 'a', 'a'],
  ['W/"a"', 'a', 'W/"a"'],
  ['"a", "a"', 'a', '"a"'],
  ['"a","a","a"', 'a', '"a"'],
  ['a, a', 'a', 'a'],
  ['"a,b"', 'a,b', '"a,b"'],
  ['"a-2"', 'a-2', '"a-2"'],
  ['"a"b"', 'a"b', '"a"b"'],
  [' "a,b" ', 'a,b', '"a,b"'],
  ['x"a"', 'x"a"', undefined],
  ['"a"x', '"a"x', undefined],
])('%s', (header, unquoted, verbatim = header) => {
  expect(readEtag({ ETag: header }, 'unquoted')).toBe(unquoted)
  expect(readEtag({ ETag: header }, 'verbatim')).toBe(verbatim)
})

test.each(['', ' ', '""', 'W/""', '"a", "b"', 'a, b', '"a", ""'])('%s is no ETag', (header) => {
  expect(readEtag({ ETag: header }, 'unquoted')).toBeUndefined()
  expect(readEtag({ ETag: header }, 'verbatim')).toBeUndefined()
  expect(normalizeEtag(header, 'unquoted')).toBeUndefined()
})

test('an answer without the header has none', () => {
  expect(readEtag({ 'x-etag': '"a"' }, 'unquoted')).toBeUndefined()
})
