import { describe, expect, test } from 'vitest'
import { parseEndpointUrl } from '../src/arguments/endpoint-url.ts'
import { parseHeaders } from '../src/arguments/header.ts'
import { parseInteger } from '../src/arguments/integer.ts'
import { parseParams } from '../src/arguments/param.ts'
import { UsageError } from '../src/usage-error.ts'

describe('headers', () => {
  test('are trimmed, lower-cased and may have colons in their values', () => {
    expect(parseHeaders(['Authorization: Bearer a:b', 'x-empty:'])).toEqual({
      authorization: 'Bearer a:b',
      'x-empty': '',
    })
  })

  test.each([
    ['no colon', 'authorization'],
    ['no name', ': secret'],
    ['a name with a space', 'my header: secret'],
    ['a line break in the value', 'x: secret\r\nx-other: 1'],
    ['what Latin-1 does not have', 'x: secret €'],
  ])('are refused with %s, and never repeated', (_, text) => {
    expect(() => parseHeaders([text])).toThrow(UsageError)
    expect(() => parseHeaders([text])).not.toThrow(/secret/)
  })

  test('are refused twice, in any case', () => {
    expect(() => parseHeaders(['x: 1', 'X: 2'])).toThrow('--header x is given twice')
  })
})

describe('params', () => {
  test('are strings with = and JSON with :=', () => {
    expect(parseParams(['albumId=42', 'tags:=[1,2]', 'note=a=b:=c', 'empty='])).toEqual({
      albumId: '42',
      tags: [1, 2],
      note: 'a=b:=c',
      empty: '',
    })
  })

  test('may be called like a property of every object', () => {
    expect(Object.entries(parseParams(['__proto__=1', 'constructor=2']))).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
  })

  test.each(['albumId', '=42', ':=42', 'tags:=[1,', 'fileName=x', 'fileHash=x', 'fileSize:=1'])(
    '%s is refused',
    (text) => {
      expect(() => parseParams([text])).toThrow(UsageError)
    },
  )

  test('are refused twice', () => {
    expect(() => parseParams(['a=1', 'a:=2'])).toThrow('--param a is given twice')
  })
})

describe('endpoint URLs', () => {
  test('stay as they are', () => {
    expect(parseEndpointUrl('--start', 'HTTPS://host/a?b=c')).toBe('HTTPS://host/a?b=c')
  })

  test.each(['host/start', 'ftp://host/start', '/start', ''])('%j is refused', (url) => {
    expect(() => parseEndpointUrl('--start', url)).toThrow(UsageError)
  })
})

describe('whole numbers', () => {
  test('within the range are taken', () => {
    expect(parseInteger('--port', '0', { min: 0, max: 9 })).toBe(0)
    expect(parseInteger('--port', '9', { min: 0, max: 9 })).toBe(9)
  })

  test.each(['10', '-1', '1.5', '1e1', '0x1', '', ' 1', 'one'])('%j is refused', (text) => {
    expect(() => parseInteger('--port', text, { min: 0, max: 9 })).toThrow(
      '--port must be a whole number from 0 to 9',
    )
  })
})
