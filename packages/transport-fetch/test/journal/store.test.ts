import 'fake-indexeddb/auto'
import { isUploadError, type UploadError } from '@s3-bg-uploader/core'
import { deleteDB, openDB } from 'idb'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  composeIndexedDbStore,
  type IndexedDbStore,
  indexedDbStore,
} from '../../src/journal/indexed-db-store.ts'
import { openDatabase } from '../../src/journal/open-database.ts'
import {
  type Connection,
  closeConnections,
  countConnections,
  failReads,
  failWrites,
} from './connections.ts'
import { LocksInMemory } from './locks-in-memory.ts'

let journals = 0

interface Journal {
  readonly name: string
  readonly store: IndexedDbStore
  readonly problems: readonly UploadError[]
}

/** A journal that has been read, as the core does before anything else. */
async function openJournal(name = `journal ${++journals}`): Promise<Journal> {
  const problems: UploadError[] = []
  const store = composeIndexedDbStore(
    { name, onProblem: (problem) => problems.push(problem) },
    { locks: undefined, patience: () => AbortSignal.abort() },
  )
  onTestFinished(() => store.close())
  await store.read()
  return { name, store, problems }
}

async function thrownBy(work: Promise<unknown>): Promise<UploadError> {
  const error: unknown = await work.then(
    () => expect.unreachable('It should reject'),
    (thrown: unknown) => thrown,
  )
  if (!isUploadError(error)) throw error
  return error
}

test('writes ask for strict durability', async () => {
  const { store } = await openJournal()
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction')
  onTestFinished(() => transaction.mockRestore())
  await store.write([{ key: 'a', value: '1' }])
  expect(transaction).toHaveBeenCalledWith('records', 'readwrite', { durability: 'strict' })
})

test.each(['request', 'transaction'] as const)(
  'a full disk (told by the %s) says what to do, and the next write may do better',
  async (where) => {
    const { name, store } = await openJournal()
    await store.write([{ key: 'a', value: '1' }])
    const heal = await failWrites(name, where, 'QuotaExceededError')
    const error = await thrownBy(
      store.write([
        { key: 'a', value: '2' },
        { key: 'b', value: '2' },
      ]),
    )
    expect(error).toMatchObject({
      code: 'store_failed',
      retryable: true,
      message: `The journal ${name} could not be written: the browser grants it no more space`,
      hint: expect.stringContaining('maxKeptBytes'),
      cause: { name: 'QuotaExceededError' },
    })
    heal()
    await store.write([{ key: 'c', value: '3' }])
    expect(await store.read()).toEqual([
      ['a', '1'],
      ['c', '3'],
    ])
  },
)

test.each([true, false])(
  'a database that the browser closed is opened again (told: %s)',
  async (told) => {
    const { name, store, problems } = await openJournal()
    await store.write([{ key: 'a', value: '1' }])
    await closeConnections(name, { told })
    await store.write([{ key: 'b', value: '2' }])
    expect(await store.read()).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(problems).toEqual([])
  },
)

test('a write that the browser interrupted is done once more', async () => {
  const { name, store } = await openJournal()
  const writing = store.write([{ key: 'a', value: '1' }])
  await closeConnections(name, { told: true })
  await writing
  expect(await store.read()).toEqual([['a', '1']])
})

test('a write that is done once more is not overtaken by the next', async () => {
  const { name, store } = await openJournal()
  const interrupted = store.write([{ key: 'a', value: '1' }])
  await closeConnections(name, { told: true })
  await Promise.all([interrupted, store.write([{ key: 'a', value: '2' }])])
  expect(await store.read()).toEqual([['a', '2']])
})

test('a database that keeps being closed is a failed store, and no endless loop', async () => {
  const { name, store } = await openJournal()
  const heal = await failWrites(name, 'transaction', 'AbortError')
  const open = vi.spyOn(indexedDB, 'open')
  onTestFinished(() => open.mockRestore())
  const error = await thrownBy(store.write([{ key: 'a', value: '1' }]))
  expect(error).toMatchObject({ code: 'store_failed', retryable: true })
  expect(open).toHaveBeenCalledTimes(1)
  heal()
  await store.write([{ key: 'a', value: '2' }])
  expect(await store.read()).toEqual([['a', '2']])
})

test('a tab that upgrades is not kept waiting; this one then asks for a reload', async () => {
  const { name, store } = await openJournal()
  await store.write([{ key: 'a', value: '1' }])
  const upgraded = await openDB(name, 2)
  onTestFinished(() => upgraded.close())
  expect(await upgraded.get('records', 'a')).toBe('1')
  expect(await thrownBy(store.write([{ key: 'b', value: '2' }]))).toMatchObject({
    code: 'store_failed',
    hint: 'Reload this page.',
    cause: { name: 'VersionError' },
  })
})

test('a page of an older version that does not let go is named, not waited for', async () => {
  const name = `journal ${++journals}`
  const older = await openDB(name, 1)
  const events = { onCreated: () => {}, onLost: () => {} }
  const error = await thrownBy(openDatabase(name, events, 2))
  expect(error).toMatchObject({ code: 'store_locked', retryable: true })
  older.close()
  // What was opened too late is of no use to anybody.
  await vi.waitFor(async () => expect(await countConnections(name)).toBe(0))
})

test('a database that was deleted meanwhile is told of, and made again', async () => {
  const { name, store, problems } = await openJournal()
  await store.write([{ key: 'a', value: '1' }])
  await deleteDB(name)
  await store.write([{ key: 'b', value: '2' }])
  expect(await store.read()).toEqual([['b', '2']])
  expect(problems).toMatchObject([
    { code: 'store_failed', message: `The journal ${name} was deleted while it was in use` },
  ])
})

test('foreign records are reported and left where they are', async () => {
  const { name, store, problems } = await openJournal()
  const stranger = await openDB(name)
  onTestFinished(() => stranger.close())
  await stranger.put('records', { no: 'text' }, 'foreign value')
  await stranger.put('records', 'text', 7)
  await store.write([{ key: 'a', value: '1' }])
  expect(await store.read()).toEqual([['a', '1']])
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    ['record_corrupt', 'The journal record 7 makes no sense and is set aside'],
    ['record_corrupt', 'The journal record foreign value makes no sense and is set aside'],
  ])
  expect(await stranger.count('records')).toBe(3)
})

test('a value that the browser cannot read does not take the others with it', async () => {
  const { name, store, problems } = await openJournal()
  for (const key of ['a', 'b', 'c']) await store.write([{ key, value: key }])
  await failReads(name, 'b', 'DataError')
  expect(await store.read()).toEqual([
    ['a', 'a'],
    ['c', 'c'],
  ])
  expect(problems).toMatchObject([
    { code: 'record_corrupt', message: expect.stringContaining('b') },
  ])
})

test('no space for the database itself is told like any other', async () => {
  const name = `journal ${++journals}`
  const create = vi.spyOn(IDBDatabase.prototype, 'createObjectStore').mockImplementation(function (
    this: IDBDatabase,
  ) {
    // The upgrade has been answered when the browser finds that it cannot be committed.
    const { transactions } = (this as unknown as Connection)._rawDatabase
    setImmediate(() => transactions[0]?._abort('QuotaExceededError'))
    return {} as IDBObjectStore
  })
  onTestFinished(() => create.mockRestore())
  const store = indexedDbStore({ name })
  expect(await thrownBy(store.read())).toMatchObject({ code: 'store_failed', cause: {} })
})

test('the database of something else is refused by name', async () => {
  const name = `journal ${++journals}`
  const theirs = await openDB(name, 1)
  onTestFinished(() => theirs.close())
  const store = indexedDbStore({ name })
  onTestFinished(() => store.close())
  expect(await thrownBy(store.read())).toMatchObject({
    code: 'store_failed',
    hint: expect.stringContaining('a name of its own'),
  })
})

test('where the browser forbids to keep anything, it is told why', async () => {
  const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  onTestFinished(() => open.mockRestore())
  const locks = new LocksInMemory()
  const store = composeIndexedDbStore(
    { name: 'forbidden' },
    { locks: locks.of({}), patience: () => AbortSignal.timeout(1) },
  )
  expect(await thrownBy(store.read())).toMatchObject({
    code: 'store_failed',
    hint: expect.stringContaining('Site data is blocked'),
  })
  // Nobody would ever close what could not be opened.
  await vi.waitFor(() => expect(locks.isHeld('s3-bg-uploader journal forbidden')).toBe(false))
})

test('a browser that has locks but gives none is no other tab', async () => {
  const locks = { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) }
  const ports = { locks, patience: () => new AbortController().signal }
  const error = await thrownBy(composeIndexedDbStore({ name: 'denied' }, ports).read())
  expect(error).toMatchObject({ code: 'store_failed', cause: { name: 'SecurityError' } })
})

test('a page whose lock was given away reads and writes no more', async () => {
  const locks = new LocksInMemory()
  const tab = {}
  const ports = { patience: () => AbortSignal.timeout(1) }
  const store = composeIndexedDbStore({ name: 'given' }, { ...ports, locks: locks.of(tab) })
  onTestFinished(() => store.close())
  await store.read()
  await store.write([{ key: 'a', value: '1' }])
  locks.take(tab)
  const other = composeIndexedDbStore({ name: 'given' }, { ...ports, locks: locks.of({}) })
  onTestFinished(() => other.close())
  await other.read()
  const error = await thrownBy(store.write([{ key: 'a', value: '2' }]))
  expect(error).toMatchObject({ code: 'store_locked', hint: 'Reload this page.' })
  expect(await thrownBy(store.read())).toMatchObject({ code: 'store_locked' })
  expect(await other.read()).toEqual([['a', '1']])
})

test('who is locked out is told how to share', async () => {
  const locks = new LocksInMemory()
  const open = () =>
    composeIndexedDbStore(
      { name: 'shared' },
      { locks: locks.of({}), patience: () => AbortSignal.timeout(1) },
    )
  const first = open()
  onTestFinished(() => first.close())
  await first.read()
  expect(await thrownBy(open().read())).toMatchObject({
    code: 'store_locked',
    retryable: true,
    message: 'The journal shared is in use by another tab',
    hint: expect.stringContaining('createSharedUploader'),
  })
})

test.each([{ name: '' }, { name: 7 }, { maxKeptBytes: -1 }, { maxKeptBytes: 'all' }])(
  '%o is refused',
  (options) => {
    expect(() => indexedDbStore(options as never)).toThrow(
      expect.objectContaining({ code: 'config_invalid' }),
    )
  },
)

test('problems that nobody asked for go to the console', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const { name, store } = await openJournal()
  await store.write([{ key: 'a', value: '1' }])
  const stranger = await openDB(name)
  await stranger.put('records', 7, 'a')
  stranger.close()
  const again = indexedDbStore({ name })
  onTestFinished(() => again.close())
  expect(await again.read()).toEqual([])
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('record_corrupt'), undefined)
})
