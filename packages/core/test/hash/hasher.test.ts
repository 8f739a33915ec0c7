import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** Neither `lib` nor the types of Node declare it. */
const wasm: { instantiate: () => Promise<unknown> } = Reflect.get(globalThis, 'WebAssembly')

const bytes = new TextEncoder().encode('abc')
const digest = '44bc2cf5ad770999'

/** A hasher whose module was not loaded before. */
async function freshHasher() {
  vi.resetModules()
  return (await import('../../src/hash/hasher.ts')).defaultHasher
}

async function hashWith(hasher: Awaited<ReturnType<typeof freshHasher>>): Promise<string> {
  const state = await hasher.create()
  state.update(bytes)
  return state.digest()
}

beforeEach(() => vi.resetModules())
afterEach(() => vi.unstubAllGlobals())

test('WebAssembly is instantiated once, however many states are made', async () => {
  const instantiate = vi.spyOn(wasm, 'instantiate')
  const hasher = await freshHasher()
  expect(await Promise.all([hashWith(hasher), hashWith(hasher), hashWith(hasher)])).toEqual([
    digest,
    digest,
    digest,
  ])
  expect(instantiate).toHaveBeenCalledTimes(1)
  instantiate.mockRestore()
})

test('plain JavaScript takes over where there is no WebAssembly', async () => {
  const hasher = await freshHasher()
  vi.stubGlobal('WebAssembly', undefined)
  expect(await hashWith(hasher)).toBe(digest)
})

test('plain JavaScript takes over where a CSP forbids WebAssembly, asked only once', async () => {
  const instantiate = vi.fn(() => Promise.reject(new Error('blocked by Content Security Policy')))
  const hasher = await freshHasher()
  vi.stubGlobal('WebAssembly', { instantiate })
  expect(await hashWith(hasher)).toBe(digest)
  expect(await hashWith(hasher)).toBe(digest)
  expect(instantiate).toHaveBeenCalledTimes(1)
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
