import type { Store } from '@s3-bg-uploader/core'
import { type RecordKeeper, serialStore } from './serial-store.ts'
import { fromStorable, toStorable } from './storable-text.ts'

/** What is used of a database of expo-sqlite 57. */
export interface SqliteDatabase {
  /** Tells whether two stores have one database. */
  readonly databasePath: string
  /** As expo-sqlite's. */
  execAsync(source: string): Promise<void>
  /** As expo-sqlite's: one statement, atomic. */
  runAsync(source: string, params: string[]): Promise<unknown>
  /** As expo-sqlite's. */
  getAllAsync<T>(source: string, params: string[]): Promise<T[]>
}

const TABLE = 's3_bg_uploader_journal'

const CREATE = `CREATE TABLE IF NOT EXISTS ${TABLE} (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID`

const READ = `SELECT key, value FROM ${TABLE} WHERE value IS NOT NULL`

/** One statement, and so atomic without a transaction. What has no value is deleted. */
const WRITE = `INSERT INTO ${TABLE} (key, value)
  SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?) WHERE true
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`

/** Frees the space of what is deleted. */
const SWEEP = `DELETE FROM ${TABLE} WHERE value IS NULL`

/**
 * A journal in a table of expo-sqlite. Give it a database of its own, as
 * `await openDatabaseAsync('s3-bg-uploader.db')`: in one that the app uses too, a transaction of the
 * app that is under way takes our writes along when it is rolled back, and other connections can
 * lock us out.
 *
 * - Atomic: a batch is one statement. Transactions of expo-sqlite would let other calls in between.
 * - Durable: SQLite's default (`synchronous = FULL`) syncs every write, so it survives the loss of
 *   power too, as far as the device keeps what it is told to.
 * - Per confirmed part about 60 bytes, and the pages of 4 KiB that SQLite writes for them.
 *
 * Throws as every `serialStore` does.
 */
export function expoSqliteStore(db: SqliteDatabase): Store {
  const keeper: RecordKeeper = {
    async load() {
      await db.execAsync(`${CREATE}; ${SWEEP}`)
      const rows = await db.getAllAsync<{ readonly key: string; readonly value: string }>(READ, [])
      return rows.map(({ key, value }) => [fromStorable(key), fromStorable(value)] as const)
    },
    async commit(changes) {
      if (changes.size === 0) return
      const rows = [...changes].map((change) => change.map((text) => text && toStorable(text)))
      await db.runAsync(WRITE, [JSON.stringify(rows)])
      if ([...changes.values()].includes(undefined)) await db.execAsync(SWEEP)
    },
  }
  return serialStore({ database: 'expo-sqlite', name: db.databasePath }, keeper)
}
