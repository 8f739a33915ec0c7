import { forceCloseDatabase } from 'fake-indexeddb'

/** What fake-indexeddb has beneath the interfaces of IndexedDB. */
export interface Connection extends IDBDatabase {
  _closed: boolean
  readonly _rawDatabase: Database
}

interface Database {
  connections: Connection[]
  transactions: Transaction[]
  readonly rawObjectStores: ReadonlyMap<string, ObjectStore>
  processTransactions(): void
}

interface ObjectStore {
  storeRecord(...record: unknown[]): unknown
  getValue(key: unknown): unknown
  getAllValues(...range: unknown[]): unknown
}

interface Transaction extends IDBTransaction {
  _state: string
  _requests: unknown[]
  readonly _rollbackLog: (() => void)[]
  _abort(errorName: string): void
}

/** Lets the pages that have the database open die: what they did not finish is undone unheard. */
export async function killConnections(name: string): Promise<void> {
  const database = await databaseOf(name)
  for (const transaction of database.transactions) {
    if (transaction._state !== 'finished') {
      for (const undo of transaction._rollbackLog.reverse()) undo()
      transaction._requests = []
      transaction._state = 'finished'
    }
  }
  for (const connection of database.connections) connection._closed = true
  database.connections = []
  database.transactions = []
}

/** Closes the connections as a browser does: under way is aborted, and `close` is told if asked. */
export async function closeConnections(
  name: string,
  { told }: { readonly told: boolean },
): Promise<void> {
  const { connections, transactions } = await databaseOf(name)
  for (const transaction of transactions) {
    if (transaction._state !== 'finished') transaction._abort('AbortError')
  }
  for (const connection of [...connections]) {
    if (told) forceCloseDatabase(connection as never)
    else connection.close()
  }
}

/** How many pages have the database open. */
export async function countConnections(name: string): Promise<number> {
  return (await databaseOf(name)).connections.length
}

/**
 * Lets writes fail until the returned function is called: each request for itself, as in Firefox, or
 * the transaction that has requests under way, as in Chromium.
 */
export async function failWrites(
  name: string,
  where: 'request' | 'transaction',
  errorName: string,
): Promise<() => void> {
  const database = await databaseOf(name)
  const { processTransactions } = database
  const stores = [...database.rawObjectStores.values()]
  if (where === 'request') {
    for (const store of stores) {
      store.storeRecord = () => {
        throw new DOMException('', errorName)
      }
    }
  } else {
    database.processTransactions = () => {
      setImmediate(() => {
        for (const transaction of database.transactions) {
          if (transaction.mode === 'readwrite' && transaction._state !== 'finished') {
            transaction._abort(errorName)
          }
        }
      })
    }
  }
  return () => {
    database.processTransactions = processTransactions
    for (const store of stores) Reflect.deleteProperty(store, 'storeRecord')
  }
}

/** Lets the browser fail to read the value of this key, as it does when its file is damaged. */
export async function failReads(name: string, key: string, errorName: string): Promise<void> {
  const database = await databaseOf(name)
  for (const store of database.rawObjectStores.values()) {
    const { getValue } = store
    store.getAllValues = () => {
      throw new DOMException('', errorName)
    }
    store.getValue = (wanted) => {
      if (wanted === key) throw new DOMException('', errorName)
      return getValue.call(store, wanted)
    }
  }
}

async function databaseOf(name: string): Promise<Database> {
  const connection = await new Promise<Connection>((resolve, reject) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result as Connection)
    request.onerror = () => reject(request.error)
  })
  connection.close()
  return connection._rawDatabase
}
