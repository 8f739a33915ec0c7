import 'fake-indexeddb/auto'
import type { UploadError } from '@s3-bg-uploader/core'
import { openDB } from 'idb'
import { expect, onTestFinished, test, vi } from 'vitest'
import { composeIndexedDbStore, type IndexedDbStore } from '../../src/journal/indexed-db-store.ts'
import { keepAs } from '../../src/journal/keep-id.ts'
import type { ChosenFile } from '../../src/kept-files.ts'
import { PermissionHandle, UserPermissions } from '../tabs/user-permissions.ts'
import { closeConnections, failReads, failWrites } from './connections.ts'
import { LocksInMemory } from './locks-in-memory.ts'

let journals = 0

function openJournal({ name = `files ${++journals}`, maxKeptBytes = 10 } = {}) {
  const problems: UploadError[] = []
  const store: IndexedDbStore = composeIndexedDbStore(
    { name, maxKeptBytes, onProblem: (problem) => problems.push(problem) },
    { locks: undefined, patience: () => AbortSignal.abort() },
  )
  onTestFinished(() => store.close())
  return { name, store, files: store.files, problems }
}

function fileOf(content: string): File {
  return new File([content], 'a.txt')
}

/** What a handle is to `structuredClone` in Node: an object with these properties. */
const handle = { kind: 'file', name: 'huge.mp4' } as FileSystemFileHandle

async function textOf(chosen: ChosenFile | undefined): Promise<string | undefined> {
  // In Node a File is cloned as a Blob.
  return chosen instanceof Blob ? chosen.text() : undefined
}

test('a file is there after a reload', async () => {
  const { name, store, files } = openJournal()
  const id = await files.keep(fileOf('abc'))
  await store.close()
  const { files: again } = openJournal({ name })
  expect(await textOf(await again.take(id ?? ''))).toBe('abc')
  // It stays kept.
  expect(await textOf(await again.take(id ?? ''))).toBe('abc')
})

test('a handle is kept as it is, and takes no space', async () => {
  const { files, problems } = openJournal({ maxKeptBytes: 0 })
  // Thousands of them may be dropped at once: none looks at all the others.
  const getAllKeys = vi.spyOn(IDBObjectStore.prototype, 'getAllKeys')
  onTestFinished(() => getAllKeys.mockRestore())
  const id = await files.keep(handle)
  expect(await files.take(id ?? '')).toEqual(handle)
  expect(getAllKeys).not.toHaveBeenCalled()
  expect(problems).toEqual([])
})

test('a handle that only a click lets the browser ask for is told of, and handed on as the cause', async () => {
  const user = new UserPermissions()
  const { files } = openJournal()
  const id = (await files.keep(user.handle('film.mp4') as never)) ?? ''
  await expect(files.take(id)).rejects.toMatchObject({
    code: 'permission_needed',
    message: 'film.mp4 may be read once the user permits it again',
    cause: expect.any(PermissionHandle),
  })
  // After a click in this tab, the transport asks.
  vi.stubGlobal('navigator', { userActivation: { isActive: true } })
  expect(await files.take(id)).toMatchObject({ name: 'film.mp4' })
  vi.stubGlobal('navigator', { userActivation: { isActive: false } })
  await expect(files.take(id)).rejects.toMatchObject({ code: 'permission_needed' })
  user.ask('film.mp4')
  expect(await files.take(id)).toMatchObject({ name: 'film.mp4' })
})

test('every call makes an id of its own', async () => {
  const { files } = openJournal()
  const file = fileOf('abc')
  const ids = await Promise.all([files.keep(file), files.keep(file), files.keep(file)])
  expect(new Set(ids).size).toBe(3)
  expect(ids).not.toContain(undefined)
})

test('what is handed over once more under a chosen id is the same file, and counts once', async () => {
  const { files } = openJournal({ maxKeptBytes: 3 })
  const [file, clone] = [fileOf('abc'), fileOf('abc')]
  keepAs(file, 'request 1')
  keepAs(clone, 'request 1')
  const id = await files.keep(file)
  expect(id).toBe('3-request 1')
  expect(await files.keep(clone)).toBe(id)
  expect(await files.keep(fileOf('x'))).toBeUndefined()
  await files.release(id ?? '')
  expect(await files.take(id ?? '')).toBeUndefined()
})

test('what nobody kept is not there', async () => {
  const { files } = openJournal()
  expect(await files.take('3-1-2-3-4')).toBeUndefined()
})

test('files are kept as long as all together fit, also over reloads, and at once', async () => {
  const { name, store, files, problems } = openJournal({ maxKeptBytes: 10 })
  expect(await files.keep(fileOf('x'.repeat(11)))).toBeUndefined()
  const first = await files.keep(fileOf('x'.repeat(4)))
  await store.close()
  const { files: again } = openJournal({ name, maxKeptBytes: 10 })
  const ids = await Promise.all([again.keep(fileOf('123')), again.keep(fileOf('1234'))])
  expect(ids).toEqual([expect.any(String), undefined])
  expect(await again.keep(fileOf('123'))).toBeTypeOf('string')
  expect(await again.keep(fileOf('1'))).toBeUndefined()
  expect(await again.keep(fileOf(''))).toBeTypeOf('string')
  await again.release(first ?? '')
  expect(await again.keep(fileOf('1234'))).toBeTypeOf('string')
  // Not a problem: the user has been promised no more.
  expect(problems).toEqual([])
})

test('a released file is gone, an unknown one is ignored', async () => {
  const { files } = openJournal()
  const id = (await files.keep(fileOf('abc'))) ?? ''
  await files.release('nobody')
  await files.release(id)
  await files.release(id)
  expect(await files.take(id)).toBeUndefined()
})

test('only what is needed is retained', async () => {
  const { files } = openJournal()
  const ids: string[] = []
  for (const content of ['a', 'b', 'c']) ids.push((await files.keep(fileOf(content))) ?? '')
  const [a = '', b = '', c = ''] = ids
  await files.retain([b, 'unknown'])
  expect(await files.take(a)).toBeUndefined()
  expect(await textOf(await files.take(b))).toBe('b')
  expect(await files.take(c)).toBeUndefined()
})

test.each(['request', 'transaction'] as const)(
  'a full disk (told by the %s) means no id and a report, never a failure',
  async (where) => {
    const { name, files, store, problems } = openJournal()
    await store.read()
    const heal = await failWrites(name, where, 'QuotaExceededError')
    expect(await files.keep(fileOf('abc'))).toBeUndefined()
    heal()
    expect(problems).toMatchObject([
      {
        code: 'store_failed',
        message: 'a.txt is uploaded, but cannot be kept for after a reload',
        hint: expect.stringContaining('maxKeptBytes'),
        cause: { cause: { name: 'QuotaExceededError' } },
      },
    ])
    expect(await files.keep(fileOf('abc'))).toBeTypeOf('string')
  },
)

test('what cannot be cloned cannot be kept, and is told of', async () => {
  const { files, problems } = openJournal()
  const chosen = { kind: 'file', name: 'odd', getFile: () => {} } as never
  expect(await files.keep(chosen)).toBeUndefined()
  expect(problems).toMatchObject([{ cause: { cause: { name: 'DataCloneError' } } }])
  expect(await files.keep(fileOf('abc'))).toBeTypeOf('string')
})

test.each(['DataError', 'NotReadableError'])(
  'a kept file whose bytes are gone (%s) is unreadable; the journal goes on',
  async (errorName) => {
    const { name, store, files } = openJournal()
    const id = (await files.keep(fileOf('abc'))) ?? ''
    await failReads(name, id, errorName)
    await expect(files.take(id)).rejects.toMatchObject({
      code: 'file_unreadable',
      hint: 'Let the user choose the file again.',
    })
    await store.write([{ key: 'a', value: '1' }])
  },
)

test('files are kept over a database that the browser closed', async () => {
  const { name, store, files } = openJournal()
  await store.read()
  await closeConnections(name, { told: false })
  const id = (await files.keep(fileOf('abc'))) ?? ''
  expect(await textOf(await files.take(id))).toBe('abc')
})

test('closing the store waits for a file that is being kept, and closes the files', async () => {
  const locks = new LocksInMemory()
  const store = composeIndexedDbStore(
    { name: 'closing' },
    { locks: locks.of({}), patience: () => AbortSignal.timeout(1) },
  )
  await store.read()
  const keeping = store.files.keep(fileOf('abc'))
  const closing = store.close()
  const id = (await keeping) ?? ''
  expect(locks.isHeld('s3-bg-uploader journal closing')).toBe(true)
  await closing
  const database = await openDB('closing')
  expect(await database.count('files')).toBe(1)
  database.close()
  await expect(store.files.take(id)).rejects.toMatchObject({ code: 'closed' })
})
