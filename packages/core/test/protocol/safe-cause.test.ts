import { describe, expect, test } from 'vitest'
import { describeError, withoutSecrets, withoutText } from '../../src/protocol/safe-cause.ts'

/** So many objects, each in the one before. */
function nested(levels: number): object {
  return levels === 1 ? {} : { a: nested(levels - 1) }
}

function isKept(error: unknown, secrets: readonly string[] = ['5ec2e75ec2e7']): boolean {
  return withoutSecrets(error, secrets) === error
}

describe('withoutSecrets', () => {
  test('a word of eight characters may be a secret, a shorter one is a word', () => {
    expect(isKept(new Error('not 12345678'), ['Basic 12345678'])).toBe(false)
    expect(isKept(new Error('not 1234567'), ['Basic 1234567'])).toBe(true)
  })

  test('one secret of several is enough', () => {
    expect(isKept(new Error('bad 5ec2e75ec2e7'), ['unrelated-secret', '5ec2e75ec2e7'])).toBe(false)
  })

  test.each([
    ['nothing in it', { a: null }],
    ['bytes, which no logger shows as text', { body: new Uint8Array(1000) }],
    ['itself in it', Object.assign(new Error('x'), { toString: undefined })],
  ])('an error with %s is kept', (_, error) => {
    expect(isKept(error)).toBe(true)
  })

  test('what is too deep or too much to look at is not kept', () => {
    expect(isKept(nested(5))).toBe(true)
    expect(isKept(nested(6))).toBe(false)
    const words = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [n, 'word']))
    expect(isKept(words(100))).toBe(true)
    expect(isKept(words(101))).toBe(false)
  })
})

describe('withoutText', () => {
  test('keeps name and code, so that it is described as the original would be', () => {
    const original = Object.assign(new TypeError('a secret'), { code: 'ECONNREFUSED' })
    const safe = withoutText(original)
    expect(safe).toMatchObject({
      name: 'TypeError',
      code: 'ECONNREFUSED',
      message: 'TypeError, ECONNREFUSED',
    })
    expect(describeError(safe)).toBe(describeError(original))
  })

  test('of what is no error nothing is left', () => {
    const safe = withoutText('a secret')
    expect(safe).toMatchObject({ name: 'Error', message: 'unknown error' })
    expect(safe).not.toHaveProperty('code')
  })
})

describe('describeError', () => {
  test('names the codes beneath it, four deep', () => {
    const codes = ['A', 'B', 'C', 'D', 'E']
    const error = codes.reduceRight<Error | undefined>(
      (cause, code) => Object.assign(new Error('x', { cause }), { code }),
      undefined,
    )
    expect(describeError(error)).toBe('Error, A, B, C, D')
  })

  test.each(['E CONN', '1E', 'https://h/?secret', ''])('%j is no code', (code) => {
    expect(describeError(Object.assign(new Error('x'), { code }))).toBe('Error')
  })
})
