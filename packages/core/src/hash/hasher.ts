import { UploadError } from '../errors.ts'
import type { Hasher, HashState } from '../ports.ts'
import { instantiateWasm, type XxhashModule } from './wasm.ts'

// Not everywhere, and no type library of ours declares it.
const host = globalThis as { readonly WebAssembly?: object }

/**
 * WebAssembly where it exists and is allowed to run, plain JavaScript everywhere else. Either comes by
 * an import that bundlers split off, when the first file is hashed: who uploads nothing loads none,
 * and nobody loads both without need. `report` hears of it where the better one cannot be loaded.
 */
export function defaultHasher(report: (error: UploadError) => void): Hasher {
  let loading: Promise<() => HashState> | undefined
  return {
    /** @throws UploadError `hasher_missing` where none can be loaded; the next call tries again. */
    async create() {
      loading ??= load(report).catch((error: unknown) => {
        loading = undefined
        throw error
      })
      const newState = await loading
      return newState()
    },
  }
}

async function load(report: (error: UploadError) => void): Promise<() => HashState> {
  if (host.WebAssembly === undefined) return loadPlain()
  let module: XxhashModule
  try {
    module = await import('xxhash-wasm')
  } catch (cause) {
    const newState = await loadPlain()
    const message = 'The WebAssembly hasher was not loaded: hashing is several times slower now'
    report(new UploadError('hasher_missing', message, { cause }))
    return newState
  }
  // Where a CSP forbids it the browser says so itself.
  return instantiateWasm(module).catch(loadPlain)
}

async function loadPlain(): Promise<() => HashState> {
  try {
    const { createXxh64 } = await import('./xxh64.ts')
    return createXxh64
  } catch (cause) {
    throw new UploadError('hasher_missing', 'No hasher was loaded', {
      cause,
      retryable: true,
    })
  }
}
