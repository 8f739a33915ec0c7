import type { Store } from '@s3-bg-uploader/core'
import { serialStore } from './serial-store.ts'
import { twoStepKeeper } from './two-step-keeper.ts'

/** What is used of an instance of react-native-mmkv 4. */
export interface Mmkv {
  /** As given to `createMMKV`. */
  readonly id: string
  /** As MMKV's. */
  set(key: string, value: string): void
  /** As MMKV's. */
  getString(key: string): string | undefined
  /** As MMKV's. */
  remove(key: string): boolean
  /** As MMKV's. */
  getAllKeys(): string[]
}

const PREFIX = 's3-bg-uploader'

/**
 * A journal in MMKV: the fastest, and all of it is in memory while the app runs. Other values may
 * live in the same instance. Its keys begin with `s3-bg-uploader/`.
 *
 * - Atomic: see `twoStepKeeper`; MMKV has no transactions, but each of its values is whole.
 * - Durable: MMKV writes to a file that is mapped into memory, so what is written survives the death
 *   of the app at once. The system brings it to the disk when it likes: when the phone loses power,
 *   the last moments may be lost. Then parts are sent again or, with listPartsApi, found again.
 * - Per confirmed part about 80 bytes, 200 where parts are confirmed at the same time.
 *
 * Throws as every `serialStore` does.
 */
export function mmkvStore(mmkv: Mmkv): Store {
  const values = {
    keys: async () => mmkv.getAllKeys(),
    get: async (keys: readonly string[]) => keys.map((key) => mmkv.getString(key) ?? ''),
    async set(entries: readonly (readonly [string, string])[]) {
      for (const [key, value] of entries) mmkv.set(key, value)
    },
    async remove(keys: readonly string[]) {
      for (const key of keys) mmkv.remove(key)
    },
  }
  return serialStore({ database: 'mmkv', name: mmkv.id }, twoStepKeeper(values, PREFIX))
}
