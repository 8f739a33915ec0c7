import type { Hasher } from '../ports.ts'
import { createWasmXxh64 } from './wasm.ts'
import { createXxh64 } from './xxh64.ts'

/** WebAssembly where it exists and is allowed to run, plain JavaScript everywhere else. */
export const defaultHasher: Hasher = {
  create: () => createWasmXxh64().catch(createXxh64),
}
