import type { SqliteDatabase } from '../../src/stores/expo-sqlite.ts'
import type { AppLife } from './app-life.ts'

/**
 * What is modelled of expo-sqlite 57.0.3: calls are carried out on another thread; each statement of
 * `execAsync` is atomic, and they are not together; text is bound and read as a C string on iOS,
 * which ends at a 0, and `\u0000` in JSON ends one as well. Only our statements are understood: that
 * real SQLite understands them too is shown by scripts/sqlite-check.mjs.
 */
export class FakeSqlite implements SqliteDatabase {
  readonly databasePath: string
  readonly #rows: Map<string, string | null>
  readonly #life: AppLife
  #thread: Promise<unknown> = Promise.resolve()

  constructor(databasePath: string, rows: Map<string, string | null>, life: AppLife) {
    this.databasePath = databasePath
    this.#rows = rows
    this.#life = life
  }

  execAsync(source: string): Promise<void> {
    return this.#onThread(() => {
      for (const statement of source.split(';').map((text) => text.trim())) {
        this.#life.operate(() => {
          if (statement.startsWith('CREATE TABLE IF NOT EXISTS s3_bg_uploader_journal (')) return
          if (statement !== 'DELETE FROM s3_bg_uploader_journal WHERE value IS NULL') {
            throw new Error(`near "${statement}": syntax error`)
          }
          for (const [key, value] of this.#rows) if (value === null) this.#rows.delete(key)
        })
      }
    })
  }

  runAsync(source: string, [param = '']: string[]): Promise<unknown> {
    return this.#onThread(() => {
      if (!/^INSERT INTO s3_bg_uploader_journal.+json_each\(\?\).+ON CONFLICT/s.test(source)) {
        throw new Error(`near "${source}": syntax error`)
      }
      const rows = JSON.parse(asCString(param)) as [string, string | null][]
      this.#life.operate(() => {
        for (const [key, value] of rows) {
          this.#rows.set(asCString(key), value === null ? null : asCString(value))
        }
      })
    })
  }

  getAllAsync<T>(source: string, _params: string[]): Promise<T[]> {
    return this.#onThread(() => {
      if (source !== 'SELECT key, value FROM s3_bg_uploader_journal WHERE value IS NOT NULL') {
        throw new Error(`near "${source}": syntax error`)
      }
      const rows = this.#life.operate(() => [...this.#rows].filter(([, value]) => value !== null))
      return rows.map(([key, value]) => ({ key, value }) as T)
    })
  }

  #onThread<T>(work: () => T): Promise<T> {
    const done = this.#thread.then(() => new Promise(setImmediate)).then(work)
    this.#thread = done.catch(() => {})
    return done
  }
}

function asCString(text: string): string {
  return text.split('\0', 1)[0] ?? ''
}
