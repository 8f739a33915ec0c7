import { memoryStore, type Store, type StoreChange } from '@s3-bg-uploader/core'
import { storeConformance } from '@s3-bg-uploader/testkit'
import { describe, expect, it, test } from 'vitest'
import { asyncStorageStore } from '../../src/stores/async-storage.ts'
import { mmkvStore } from '../../src/stores/mmkv.ts'
import { AppLife } from './app-life.ts'
import { AsyncStorageDevice, type Device, MmkvDevice, SqliteDevice } from './device.ts'
import { FakeAsyncStorage } from './fake-async-storage.ts'
import { FakeMmkv } from './fake-mmkv.ts'

const libraries: readonly (readonly [name: string, create: () => Device])[] = [
  ['mmkv', () => new MmkvDevice()],
  ['async-storage', () => new AsyncStorageDevice()],
  ['expo-sqlite', () => new SqliteDevice()],
]

/** Batches of one change and of several, with deletions, and one that takes several pieces. */
const SCRIPT: readonly (readonly StoreChange[])[] = [
  [{ key: 'u/1', value: 'first' }],
  [
    { key: 'u/1', value: 'second' },
    { key: 'p/1/0/1', value: 'etag 1' },
    { key: 'p/1/0/2', value: 'etag 2' },
  ],
  [{ key: 'p/1/0/1' }],
  [{ key: 'u/1', value: 'third' }, { key: 'p/1/0/2' }, { key: 'u/2', value: '' }],
  [{ key: 'p/1/0/2', value: 'etag 3' }],
  ['a', 'b', 'c'].map((key) => ({ key, value: key.repeat(300_000) })),
]

describe.each(libraries)('%s', (_, create) => {
  storeConformance({
    describe,
    it,
    create: async () => {
      const device = create()
      return {
        open: async () => device.open(),
        crash: (store) => device.die(store),
        corrupt: async (key) => device.damage(key),
      }
    },
    capabilities: { exclusive: true, closes: true, crash: true, corrupt: true },
  })

  test('whenever the process dies, every batch is there as a whole or not at all', async () => {
    const operations = await operationsOf(create())
    expect(operations).toBeGreaterThanOrEqual(SCRIPT.length)
    for (let moment = 0; moment <= operations; moment++) {
      const device = create()
      const store = device.open()
      await store.read()
      device.life.dieAfter(moment)
      const resolved = await writeAll(store)
      await device.die(store)
      const found = await recordsOf(device)
      const possible = [await after(resolved), await after(resolved + 1)]
      expect(possible, `after ${moment} operations`).toContainEqual(found)
    }
  })

  test('whichever operation fails, the batches after it are not spoilt', async () => {
    for (let count = 1; count <= SCRIPT.length; count++) {
      const script = SCRIPT.slice(0, count)
      const operations = await operationsOf(create(), script)
      for (let moment = 0; moment < 2 * operations; moment++) {
        const device = create()
        const store = device.open()
        await store.read()
        device.life.failAt(moment >> 1, { done: moment % 2 === 1 })
        const outcomes = await Promise.allSettled(script.map((batch) => store.write(batch)))
        const failed = outcomes.findIndex(({ status }) => status === 'rejected')
        await device.die(store)
        const found = await recordsOf(device)
        const without = script.filter((__, at) => at !== failed)
        const possible = [await after(count), await after(count - 1, without)]
        expect(possible, `${count} batches, operation ${moment / 2}`).toContainEqual(found)
      }
    }
  })

  test('a failure is one of the store, with what the library threw as cause', async () => {
    const device = create()
    const store = device.open()
    await store.read()
    device.life.failAt(0, { done: false })
    await expect(store.write([{ key: 'a', value: '1' }])).rejects.toMatchObject({
      code: 'store_failed',
      retryable: true,
      cause: { message: 'No space left on device' },
    })
    await store.close()
  })
})

test('an intention that makes no sense is told as a record, and the others are there', async () => {
  const mmkv = new FakeMmkv('damaged', new Map(), new AppLife())
  mmkv.set('s3-bg-uploader/u/1', 'kept')
  mmkv.set('s3-bg-uploader#', '1 [["u/1"]]')
  const store = mmkvStore(mmkv)
  expect(Object.fromEntries(await store.read())).toEqual({
    'u/1': 'kept',
    's3-bg-uploader#': '1 [["u/1"]]',
  })
  await store.close()
})

test('what the app keeps in the same storage is none of ours', async () => {
  const mmkv = new FakeMmkv('shared', new Map(), new AppLife())
  mmkv.set('theme', 'dark')
  const store = mmkvStore(mmkv)
  expect(await store.read()).toEqual([])
  await store.write([{ key: 'theme' }, { key: 'a', value: '1' }])
  await store.close()
  expect(mmkv.getString('theme')).toBe('dark')
})

test('two journals in one AsyncStorage are apart', async () => {
  const storage = new FakeAsyncStorage(new Map(), new AppLife())
  const [films, scans] = [asyncStorageStore(storage, 'films'), asyncStorageStore(storage, 'scans')]
  await Promise.all([films.read(), scans.read()])
  await films.write([{ key: 'a', value: '1' }])
  await Promise.all([films.close(), scans.close()])
  expect(await asyncStorageStore(storage, 'scans').read()).toEqual([])
})

test.each(['', 'a/b', 'a#0'])('the prefix %j is refused', (prefix) => {
  const storage = new FakeAsyncStorage(new Map(), new AppLife())
  expect(() => asyncStorageStore(storage, prefix)).toThrowError(
    expect.objectContaining({ code: 'config_invalid' }),
  )
})

test('a confirmed part costs as many bytes as the page says', async () => {
  const mmkv = new FakeMmkv('bytes', new Map(), new AppLife())
  const store = mmkvStore(mmkv)
  await store.read()
  const part = (number: number): StoreChange => ({
    key: `p/0123456789abcdef/0/${number}`,
    value: 'd41d8cd98f00b204e9800998ecf8427e',
  })
  await store.write([part(10_000)])
  expect(mmkv.writtenBytes).toBeLessThanOrEqual(80)
  mmkv.writtenBytes = 0
  await store.write([part(9_999), part(9_998)])
  expect(mmkv.writtenBytes / 2).toBeLessThanOrEqual(200)
  await store.close()
})

/** Operations that a script takes. */
async function operationsOf(device: Device, script = SCRIPT): Promise<number> {
  const store = device.open()
  await store.read()
  const before = device.life.operations
  for (const batch of script) await store.write(batch)
  await store.close()
  return device.life.operations - before
}

/** How many batches were written, up to the first that failed. */
async function writeAll(store: Store): Promise<number> {
  for (const [at, batch] of SCRIPT.entries()) {
    const written = await store.write(batch).then(
      () => true,
      () => false,
    )
    if (!written) return at
  }
  return SCRIPT.length
}

async function recordsOf(device: Device): Promise<Readonly<Record<string, string>>> {
  const store = device.open()
  const records = await store.read()
  await store.close()
  return Object.fromEntries(records)
}

/** What should be there after so many batches. */
async function after(count: number, script = SCRIPT): Promise<Readonly<Record<string, string>>> {
  const store = memoryStore()
  await store.read()
  for (const batch of script.slice(0, count)) await store.write(batch)
  return Object.fromEntries(await store.read())
}
