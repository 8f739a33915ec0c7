import type { AsyncStorage } from '../../src/stores/async-storage.ts'
import type { AppLife } from './app-life.ts'

const VARIABLES = 999
const ROW_BYTES = 2 * 1024 * 1024

/**
 * What is modelled of @react-native-async-storage/async-storage 3.1.1 (`createAsyncStorage`): calls
 * are carried out one after the other on another thread; `getMany` knows nothing of missing keys;
 * every key is a variable of one statement, in `setMany` too, which reads back what it wrote; Android
 * reads no row above 2 MiB; text may cross the bridge of iOS as a C string, which ends at a 0.
 * Worse than it is: there `setMany` and `removeMany` are transactions, here a crash comes in between
 * any two keys, since the API promises nothing.
 */
export class FakeAsyncStorage implements AsyncStorage {
  readonly #rows: Map<string, string>
  readonly #life: AppLife
  #thread: Promise<unknown> = Promise.resolve()

  constructor(rows: Map<string, string>, life: AppLife) {
    this.#rows = rows
    this.#life = life
  }

  getAllKeys(): Promise<string[]> {
    return this.#onThread(() => this.#life.operate(() => [...this.#rows.keys()]))
  }

  getMany(keys: string[]): Promise<Record<string, string | null>> {
    return this.#onThread(() => {
      checkVariables(keys)
      return this.#life.operate(() => {
        const found = keys.filter((key) => this.#rows.has(asCString(key)))
        return Object.fromEntries(found.map((key) => [key, this.#read(asCString(key))]))
      })
    })
  }

  setMany(entries: Record<string, string>): Promise<void> {
    return this.#onThread(() => {
      checkVariables(Object.keys(entries))
      for (const [key, value] of Object.entries(entries)) {
        this.#life.operate(() => this.#rows.set(asCString(key), asCString(value)))
      }
    })
  }

  removeMany(keys: string[]): Promise<void> {
    return this.#onThread(() => {
      checkVariables(keys)
      for (const key of keys) {
        this.#life.operate(() => this.#rows.delete(asCString(key)))
      }
    })
  }

  #read(key: string): string {
    const value = this.#rows.get(key) ?? ''
    if (new TextEncoder().encode(key + value).length < ROW_BYTES) return value
    throw new Error('Row too big to fit into CursorWindow')
  }

  #onThread<T>(work: () => T): Promise<T> {
    const done = this.#thread.then(() => new Promise(setImmediate)).then(work)
    this.#thread = done.catch(() => {})
    return done
  }
}

function checkVariables(keys: readonly string[]): void {
  if (keys.length > VARIABLES) throw new Error('too many SQL variables')
}

function asCString(text: string): string {
  return text.split('\0', 1)[0] ?? ''
}
