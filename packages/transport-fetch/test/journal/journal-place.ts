import type { Store } from '@s3-bg-uploader/core'
import type { StorePlace } from '@s3-bg-uploader/testkit'
import { deleteDB, openDB } from 'idb'
import { composeIndexedDbStore, type IndexedDbStore } from '../../src/journal/indexed-db-store.ts'
import { killConnections } from './connections.ts'
import { LocksInMemory } from './locks-in-memory.ts'

let places = 0

/** One database, and the tabs that open it. */
export function journalPlace(): StorePlace & { open(): Promise<IndexedDbStore> } {
  const name = `journal ${++places}`
  const locks = new LocksInMemory()
  const tabs = new Map<Store, object>()
  return {
    async open() {
      const tab = {}
      const store = composeIndexedDbStore(
        { name, onProblem: () => {} },
        { locks: locks.of(tab), patience: () => AbortSignal.timeout(1) },
      )
      tabs.set(store, tab)
      return store
    },
    // A browser that loses a page undoes what the page did not finish.
    async crash(store) {
      await killConnections(name)
      locks.end(tabs.get(store) ?? {})
    },
    async corrupt(key) {
      const database = await openDB(name)
      await database.put('records', { no: 'text' }, key)
      database.close()
    },
    remove: () => deleteDB(name),
  }
}
