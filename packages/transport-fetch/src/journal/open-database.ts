import { UploadError } from '@s3-bg-uploader/core'
import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb'
import type { ChosenFile } from '../kept-files.ts'

interface Schema extends DBSchema {
  /** The records of the journal, values by key. */
  records: { key: string; value: string }
  /** Kept files by id. */
  files: { key: string; value: ChosenFile }
}

export type Connection = IDBPDatabase<Schema>

const VERSION = 1

export interface ConnectionEvents {
  /** There was no database: a first start, or somebody deleted it. */
  readonly onCreated: () => void
  /** The connection is of no use any more. */
  readonly onLost: (connection: Connection) => void
}

/**
 * Opens the database, which is made if need be.
 *
 * @throws UploadError `store_locked` when a page of an older version keeps it open; what IndexedDB
 * throws.
 */
export function openDatabase(
  name: string,
  events: ConnectionEvents,
  version: number = VERSION,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let connection: Connection | undefined
    const lost = (): void => {
      // Whoever upgrades or deletes the database waits for this; what is under way still ends.
      connection?.close()
      if (connection !== undefined) events.onLost(connection)
    }
    const opening = openDB<Schema>(name, version, {
      upgrade(database, _oldVersion, _newVersion, transaction) {
        transaction.done.catch(() => {
          // Opening fails with it.
        })
        database.createObjectStore('records')
        database.createObjectStore('files')
        events.onCreated()
      },
      blocked() {
        const message = `A page of an older version has the journal ${name} open`
        const hint = 'Close or reload the other tabs of this site.'
        reject(new UploadError('store_locked', message, { hint, retryable: true }))
        // Too late for us, and nobody else would close it.
        opening.then((late) => late.close()).catch(() => {})
      },
      blocking: lost,
      terminated: lost,
    })
    opening.then((opened) => {
      connection = opened
      resolve(opened)
    }, reject)
  })
}

/**
 * Runs `work` in one transaction. Resolves with its result once what it wrote is durable.
 */
export async function transact<
  Name extends 'records' | 'files',
  Mode extends 'readonly' | 'readwrite',
  T,
>(
  connection: Connection,
  name: Name,
  mode: Mode,
  work: (store: IDBPObjectStore<Schema, [Name], Name, Mode>) => Promise<T>,
): Promise<T> {
  const transaction = connection.transaction(name, mode, { durability: 'strict' })
  transaction.done.catch(() => {
    // Awaited below, unless a request failed before.
  })
  try {
    const result = await work(transaction.store)
    await transaction.done
    return result
  } catch (error) {
    // A request that was aborted does not know why, but its transaction does.
    throw transaction.error ?? error
  }
}
