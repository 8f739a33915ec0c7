import type { HashState } from '../ports.ts'

/**
 * Longer input goes in slices: the module copies it into its memory, which grows to the largest input and
 * never shrinks, and what is small is still in the cache when it is hashed.
 */
const SLICE_BYTES = 256 * 1024

export type XxhashModule = typeof import('xxhash-wasm')

/**
 * Instantiates the module once and returns what makes streaming XXH64 states, seed 0, that run in it.
 *
 * @throws whatever the runtime throws when it has no WebAssembly or forbids it (a CSP without
 * `wasm-unsafe-eval`).
 */
export async function instantiateWasm({
  default: instantiate,
}: XxhashModule): Promise<() => HashState> {
  const { create64 } = await instantiate()
  return () => {
    const state = create64()
    return {
      update(bytes) {
        for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
          state.update(bytes.subarray(at, at + SLICE_BYTES))
        }
      },
      digest: () => state.digest().toString(16).padStart(16, '0'),
    }
  }
}
