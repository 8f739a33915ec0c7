import xxhash, { type XXHashAPI } from 'xxhash-wasm'
import type { HashState } from '../ports.ts'

/** The module's memory grows to its largest input and never shrinks: longer input goes in slices. */
const SLICE_BYTES = 4 * 1024 * 1024

let loading: Promise<XXHashAPI> | undefined

/**
 * Makes a streaming XXH64 with seed 0 that runs in WebAssembly. The module is loaded once.
 *
 * @throws whatever the runtime throws when it has no WebAssembly or forbids it (a CSP without
 * `wasm-unsafe-eval`).
 */
export async function createWasmXxh64(): Promise<HashState> {
  loading ??= xxhash()
  const state = (await loading).create64()
  return {
    update(bytes) {
      for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
        state.update(bytes.length <= SLICE_BYTES ? bytes : bytes.subarray(at, at + SLICE_BYTES))
      }
    },
    digest: () => state.digest().toString(16).padStart(16, '0'),
  }
}
