import type { Store } from '@s3-bg-uploader/core'
import { asyncStorageStore } from '../../src/stores/async-storage.ts'
import { expoSqliteStore } from '../../src/stores/expo-sqlite.ts'
import { mmkvStore } from '../../src/stores/mmkv.ts'
import { AppLife } from './app-life.ts'
import { FakeAsyncStorage } from './fake-async-storage.ts'
import { FakeMmkv } from './fake-mmkv.ts'
import { FakeSqlite } from './fake-sqlite.ts'

/** What a library keeps on one device, over all processes of the app. */
export interface Device {
  /** The process that runs now. */
  readonly life: AppLife
  /** The store of the process that runs now. */
  open(): Store
  /** Ends the process. The next `open` is in another one. */
  die(store: Store): Promise<void>
  /** Makes what is kept under this key senseless. */
  damage(key: string): void
}

abstract class FakeDevice<T> implements Device {
  life = new AppLife()
  protected readonly disk: Map<string, T> = new Map()

  abstract open(): Store
  abstract damage(key: string): void

  async die(store: Store): Promise<void> {
    this.life.dieAfter(0)
    // Touches nothing of the library: it gives back the place, as the end of a process does.
    await store.close()
    this.life = new AppLife()
  }
}

let devices = 0

export class MmkvDevice extends FakeDevice<string> {
  readonly #id = `mmkv ${++devices}`

  open(): Store {
    return mmkvStore(new FakeMmkv(this.#id, this.disk, this.life))
  }

  damage(key: string): void {
    this.disk.set(`s3-bg-uploader/${key}`, '{')
  }
}

export class AsyncStorageDevice extends FakeDevice<string> {
  readonly #storages = new WeakMap<AppLife, FakeAsyncStorage>()

  open(): Store {
    const storage = this.#storages.get(this.life) ?? new FakeAsyncStorage(this.disk, this.life)
    this.#storages.set(this.life, storage)
    return asyncStorageStore(storage, 'journal')
  }

  damage(key: string): void {
    this.disk.set(`journal/${key}`, '{')
  }
}

export class SqliteDevice extends FakeDevice<string | null> {
  readonly #path = `/data/${++devices}.db`

  open(): Store {
    return expoSqliteStore(new FakeSqlite(this.#path, this.disk, this.life))
  }

  damage(key: string): void {
    this.disk.set(key, '{')
  }
}
