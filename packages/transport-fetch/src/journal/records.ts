import { type Store, type StoreChange, UploadError } from '@s3-bg-uploader/core'
import type { Database } from './database.ts'
import { isConnectionLost } from './database-error.ts'
import { type Connection, transact } from './open-database.ts'

type Records = Awaited<ReturnType<Store['read']>>

/** The records of the journal, as the core's `Store`. */
export class RecordStore implements Store {
  readonly #database: Database
  readonly #report: (problem: UploadError) => void
  /** All that was asked so far. One thing happens at a time, so nothing overtakes anything. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(database: Database, report: (problem: UploadError) => void) {
    this.#database = database
    this.#report = report
  }

  read(): Promise<Records> {
    return this.#inTurn(() => this.#database.run('read', (connection) => this.#read(connection)))
  }

  write(batch: readonly StoreChange[]): Promise<void> {
    const changes = [...batch]
    return this.#inTurn(() =>
      this.#database.run('written', (connection) => write(connection, changes)),
    )
  }

  async close(): Promise<void> {
    await this.#last
    await this.#database.close()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }

  async #read(connection: Connection): Promise<Records> {
    const records: [string, string][] = []
    for (const [key, value] of await readAll(connection)) {
      if (typeof key === 'string' && typeof value === 'string') records.push([key, value])
      else {
        const message = `The journal record ${String(key)} makes no sense and is set aside`
        this.#report(new UploadError('record_corrupt', message))
      }
    }
    return records
  }
}

async function write(connection: Connection, changes: readonly StoreChange[]): Promise<void> {
  if (changes.length === 0) return
  await transact(connection, 'records', 'readwrite', (store) =>
    Promise.all(
      changes.map(({ key, value }) =>
        value === undefined ? store.delete(key) : store.put(value, key),
      ),
    ),
  )
}

/** Keys and values as they are, whoever wrote them. */
async function readAll(connection: Connection): Promise<[unknown, unknown][]> {
  try {
    return await transact(connection, 'records', 'readonly', async (store) => {
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()])
      return keys.map((key, at) => [key, values[at]])
    })
  } catch (error) {
    if (isConnectionLost(error)) throw error
    // One value that the browser cannot read fails all of them.
    const keys = await transact(connection, 'records', 'readonly', (store) => store.getAllKeys())
    return Promise.all(keys.map(async (key) => [key, await readOne(connection, key)]))
  }
}

/** Undefined when the browser cannot read it. */
async function readOne(connection: Connection, key: string): Promise<unknown> {
  try {
    return await transact(connection, 'records', 'readonly', (store) => store.get(key))
  } catch (error) {
    if (isConnectionLost(error)) throw error
    return undefined
  }
}
