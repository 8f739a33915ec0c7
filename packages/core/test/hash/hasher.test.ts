import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { UploadError } from '../../src/errors.ts'
import { defaultHasher } from '../../src/hash/hasher.ts'
import type { Hasher } from '../../src/ports.ts'

/** Neither `lib` nor the types of Node declare it. */
const wasm: { instantiate: () => Promise<unknown> } = Reflect.get(globalThis, 'WebAssembly')

const bytes = new TextEncoder().encode('abc')
const digest = '44bc2cf5ad770999'

const reported: UploadError[] = []
const report = (error: UploadError): void => {
  reported.push(error)
}

async function hashWith(hasher: Hasher): Promise<string> {
  const state = await hasher.create()
  state.update(bytes)
  return state.digest()
}

beforeEach(() => {
  reported.length = 0
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.doUnmock('xxhash-wasm')
  vi.doUnmock('../../src/hash/xxh64.ts')
})

test('WebAssembly is instantiated once, however many states are made, and not before', async () => {
  const instantiate = vi.spyOn(wasm, 'instantiate')
  const hasher = defaultHasher(report)
  expect(instantiate).not.toHaveBeenCalled()
  expect(await Promise.all([hashWith(hasher), hashWith(hasher), hashWith(hasher)])).toEqual([
    digest,
    digest,
    digest,
  ])
  expect(instantiate).toHaveBeenCalledTimes(1)
  instantiate.mockRestore()
  expect(reported).toEqual([])
})

test('plain JavaScript takes over where there is no WebAssembly, and nothing is loaded', async () => {
  const load = vi.fn()
  vi.doMock('xxhash-wasm', load)
  const hasher = defaultHasher(report)
  vi.stubGlobal('WebAssembly', undefined)
  expect(await hashWith(hasher)).toBe(digest)
  expect(load).not.toHaveBeenCalled()
  expect(reported).toEqual([])
})

test('plain JavaScript takes over where a CSP forbids WebAssembly, asked only once', async () => {
  const instantiate = vi.fn(() => Promise.reject(new Error('blocked by Content Security Policy')))
  const hasher = defaultHasher(report)
  vi.stubGlobal('WebAssembly', { instantiate })
  expect(await hashWith(hasher)).toBe(digest)
  expect(await hashWith(hasher)).toBe(digest)
  expect(instantiate).toHaveBeenCalledTimes(1)
  expect(reported).toEqual([])
})

test('plain JavaScript takes over where the module cannot be loaded, and that is told once', async () => {
  const cause = new TypeError('Failed to fetch dynamically imported module')
  vi.doMock('xxhash-wasm', () => Promise.reject(cause))
  const hasher = defaultHasher(report)
  expect(await hashWith(hasher)).toBe(digest)
  expect(await hashWith(hasher)).toBe(digest)
  expect(reported).toMatchObject([{ code: 'hasher_missing', retryable: false }])
  expect(reported[0]?.cause).toBeInstanceOf(Error)
})

test('where neither can be loaded that is an error, and the next file loads them again', async () => {
  const cause = new TypeError('Failed to fetch dynamically imported module')
  vi.doMock('xxhash-wasm', () => Promise.reject(cause))
  vi.doMock('../../src/hash/xxh64.ts', () => Promise.reject(cause))
  const hasher = defaultHasher(report)
  await expect(hashWith(hasher)).rejects.toMatchObject({ code: 'hasher_missing', retryable: true })
  expect(reported).toEqual([])
  vi.doUnmock('xxhash-wasm')
  vi.doUnmock('../../src/hash/xxh64.ts')
  expect(await hashWith(hasher)).toBe(digest)
  expect(reported).toEqual([])
})

test('plain JavaScript needs neither WebAssembly, BigInt nor TextEncoder', async () => {
  const { createXxh64 } = await import('../../src/hash/xxh64.ts')
  vi.stubGlobal('WebAssembly', undefined)
  vi.stubGlobal('BigInt', undefined)
  vi.stubGlobal('TextEncoder', undefined)
  const state = createXxh64()
  state.update(bytes)
  const result = state.digest()
  vi.unstubAllGlobals()
  expect(result).toBe(digest)
})
