import { UploadError } from '../errors.ts'
import type { Hasher, HashState } from '../ports.ts'
import { instantiateWasm, type XxhashModule } from './wasm.ts'
import { createXxh64 } from './xxh64.ts'

// Not everywhere, and no type library of ours declares it.
const host = globalThis as { readonly WebAssembly?: object }

/**
 * WebAssembly where it exists and is allowed to run, plain JavaScript everywhere else. It is loaded
 * when the first file is hashed, and `report` hears of it where that does not work.
 */
export function defaultHasher(report: (error: UploadError) => void): Hasher {
  let loading: Promise<() => HashState> | undefined
  return {
    async create() {
      loading ??= load(report)
      const newState = await loading
      return newState()
    },
  }
}

async function load(report: (error: UploadError) => void): Promise<() => HashState> {
  if (host.WebAssembly === undefined) return createXxh64
  let module: XxhashModule
  try {
    // By an import that bundlers split off: who uploads nothing does not load it.
    module = await import('xxhash-wasm')
  } catch (cause) {
    report(new UploadError('hasher_missing', 'The WebAssembly hasher was not loaded', { cause }))
    return createXxh64
  }
  // Where a CSP forbids it the browser says so itself.
  return instantiateWasm(module).catch(() => createXxh64)
}
