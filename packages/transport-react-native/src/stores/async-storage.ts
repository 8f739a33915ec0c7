import { type Store, UploadError } from '@s3-bg-uploader/core'
import { eachChunk } from './each-chunk.ts'
import { serialStore } from './serial-store.ts'
import { twoStepKeeper } from './two-step-keeper.ts'

/** What is used of a storage of @react-native-async-storage/async-storage 3. */
export interface AsyncStorage {
  /** As AsyncStorage's. */
  getAllKeys(): Promise<string[]>
  /** As AsyncStorage's; null stands for none. */
  getMany(keys: string[]): Promise<Record<string, string | null>>
  /** As AsyncStorage's. It need not be atomic. */
  setMany(entries: Record<string, string>): Promise<void>
  /** As AsyncStorage's. It need not be atomic. */
  removeMany(keys: string[]): Promise<void>
}

/** Keys in one call: each is a variable of a statement, and old SQLites take 999. */
const KEYS_AT_ONCE = 500

/**
 * A journal in AsyncStorage, which others may use too: keys begin with `{prefix}/` or `{prefix}#`.
 * Use a storage of `createAsyncStorage(name)`: the default export is the legacy storage, which
 * Android limits to 6 MB.
 *
 * - Atomic: see `twoStepKeeper`; the API promises nothing of several keys at once.
 * - Durable: what is written survives the death of the app. When the phone loses power, the last
 *   writes may be lost: SQLite syncs its write-ahead log as the system sees fit.
 * - Per confirmed part about 80 bytes, 200 where parts are confirmed at the same time, not counting
 *   what SQLite adds: its log grows by a page of 4 KiB or two with every write.
 *
 * Throws as every `serialStore` does.
 *
 * @throws UploadError `config_invalid` when the prefix is empty or has a `/` or `#`.
 */
export function asyncStorageStore(storage: AsyncStorage, prefix: string): Store {
  if (!/^[^/#]+$/.test(prefix)) {
    throw new UploadError('config_invalid', 'The prefix of a journal is text without / and #')
  }
  const values = {
    keys: () => storage.getAllKeys(),
    async get(keys: readonly string[]) {
      const records = await eachChunk(keys, KEYS_AT_ONCE, (some) => storage.getMany(some))
      const all = new Map(records.flatMap((record) => Object.entries(record)))
      return keys.map((key) => all.get(key) ?? '')
    },
    async set(entries: readonly (readonly [string, string])[]) {
      await eachChunk(entries, KEYS_AT_ONCE, (some) => storage.setMany(Object.fromEntries(some)))
    },
    async remove(keys: readonly string[]) {
      await eachChunk(keys, KEYS_AT_ONCE, (some) => storage.removeMany(some))
    },
  }
  return serialStore({ database: storage, name: prefix }, twoStepKeeper(values, prefix))
}
