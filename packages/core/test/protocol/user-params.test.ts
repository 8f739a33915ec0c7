import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUploadError } from '../../src/errors.ts'
import { checkUserParams } from '../../src/protocol/user-params.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const circle: Record<string, unknown> = {}
circle.album = { circle }
const deep = JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`)
const twice = { a: 1 }

test.each([
  ['nothing', undefined],
  ['an empty object', {}],
  ['every kind of JSON', { a: 'x', b: 1.5, c: true, d: null, e: [1, ['y', {}]], f: { g: [] } }],
  ['the same object twice', { a: twice, b: [twice, twice] }],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ['an object of another realm', runInNewContext('({ a: [1, { b: 2 }] })')],
  ['names that look special', { constructor: 'a', filename: 'b', toString: 'c' }],
])('%s will do', (_, userParams) => {
  expect(checkUserParams(userParams)).toBeUndefined()
})

test.each([
  [{ fileName: 'x' }, 'userParams.fileName would replace a field of the contract'],
  [{ fileHash: 'x' }, 'userParams.fileHash would replace a field of the contract'],
  [{ fileSize: 1 }, 'userParams.fileSize would replace a field of the contract'],
  [null, 'userParams must be a plain object'],
  [['a'], 'userParams must be a plain object'],
  ['a', 'userParams must be a plain object'],
  [new Map([['a', 1]]), 'userParams must be a plain object'],
  [{ a: undefined }, 'userParams.a is undefined, which JSON cannot hold'],
  [{ a: { b: [0, () => 1] } }, 'userParams.a.b[1] is function, which JSON cannot hold'],
  [{ a: Symbol('x') }, 'userParams.a is symbol, which JSON cannot hold'],
  [{ a: 1n }, 'userParams.a is bigint, which JSON cannot hold'],
  [{ a: Number.NaN }, 'userParams.a is NaN, which JSON cannot hold'],
  [{ a: -Infinity }, 'userParams.a is -Infinity, which JSON cannot hold'],
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
  [{ a: [1, , 2] }, 'userParams.a[1] is undefined, which JSON cannot hold'],
  [{ a: new Date(0) }, 'userParams.a is not a plain object'],
  [{ a: new Uint8Array(1) }, 'userParams.a is not a plain object'],
  [circle, 'userParams.album.circle contains itself'],
  [JSON.parse('{"__proto__":1}'), 'userParams must not have an entry named __proto__'],
  [
    JSON.parse('{"a":[{"__proto__":{}}]}'),
    'userParams.a[0] must not have an entry named __proto__',
  ],
])('%# refuses with: %s', (userParams, message) => {
  const refusal = catchFrom(() => checkUserParams(userParams))
  expect(refusal).toMatchObject({ code: 'user_params_invalid', message })
})

test('64 levels are not too deep', () => {
  const levels = (count: number) => JSON.parse(`${'{"a":'.repeat(count)}1${'}'.repeat(count)}`)
  expect(checkUserParams(levels(64))).toBeUndefined()
  expect(catchFrom(() => checkUserParams(levels(65)))).toMatchObject({
    message: expect.stringMatching(/is nested too deeply$/),
  })
})

test('nesting that would overflow a stack is refused', () => {
  expect(catchFrom(() => checkUserParams(deep))).toMatchObject({
    code: 'user_params_invalid',
    message: expect.stringMatching(/is nested too deeply$/),
  })
})

test('whatever passes is the same after the journal and the wire', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), (userParams) => {
      const refusal = catchFrom(() => checkUserParams(userParams))
      if (refusal === undefined) {
        // Minus zero is the one number that JSON does not keep.
        const text = JSON.stringify(userParams)
        expect(JSON.stringify(JSON.parse(text))).toBe(text)
      } else expect(isUploadError(refusal)).toBe(true)
    }),
  )
})

function catchFrom(action: () => void): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return error
  }
}
