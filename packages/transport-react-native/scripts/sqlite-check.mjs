// The store of expo-sqlite on real SQLite: node --test scripts/sqlite-check.mjs, with Node 22 or
// later, whose own SQLite stands in for that of Expo, and after a build.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { storeConformance } from '@s3-bg-uploader/testkit'
import { expoSqliteStore } from '../dist/stores/expo-sqlite.js'

function open(path) {
  const database = new DatabaseSync(path)
  // The statements are checked here, not the disk.
  database.exec('PRAGMA synchronous = OFF')
  return {
    databasePath: path,
    execAsync: async (source) => database.exec(source),
    runAsync: async (source, params) => database.prepare(source).run(...params),
    getAllAsync: async (source, params) => database.prepare(source).all(...params),
    database,
  }
}

storeConformance({
  describe,
  it,
  async create() {
    const folder = mkdtempSync(join(tmpdir(), 'sqlite-check-'))
    const path = join(folder, 'journal.db')
    return {
      open: async () => expoSqliteStore(open(path)),
      // The store gives back its place and touches nothing; the database stays as it is.
      crash: (store) => store.close(),
      remove: async () => rmSync(folder, { recursive: true }),
    }
  },
  capabilities: { exclusive: true, closes: true, crash: true, corrupt: false },
})

it('a batch that SQLite refuses leaves nothing', async () => {
  const db = open(':memory:')
  const store = expoSqliteStore(db)
  await store.read()
  await store.write([{ key: 'a', value: '1' }])
  db.database.exec(`CREATE TRIGGER refuse BEFORE INSERT ON s3_bg_uploader_journal
    WHEN NEW.key = 'refused' BEGIN SELECT RAISE(ABORT, 'refused'); END`)
  const batch = [
    { key: 'a', value: '2' },
    { key: 'b', value: '1' },
    { key: 'refused', value: '1' },
  ]
  await assert.rejects(store.write(batch), { code: 'store_failed' })
  await store.close()
  assert.deepEqual(await expoSqliteStore(db).read(), [['a', '1']])
})
