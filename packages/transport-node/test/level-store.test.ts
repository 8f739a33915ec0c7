import { execFileSync } from 'node:child_process'
import { mkdir, readdir, stat, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { levelStore } from '../src/index.ts'
import { openStore, sorted, write } from './level-store-open.ts'
import { temporaryFolder } from './temporary-file.ts'

test('what was written is there when the journal is opened again', async () => {
  const { directory, store } = await openStore()
  expect(await store.read()).toEqual([])
  await store.write([
    { key: 'u/1', value: '{"v":1}' },
    { key: 'p/1/0/1', value: 'etag' },
    { key: 'p/1/0/2', value: 'etag' },
  ])
  await store.write([{ key: 'u/1', value: '{"v":2}' }, { key: 'p/1/0/1' }, { key: 'unknown' }])
  const expected = [
    ['p/1/0/2', 'etag'],
    ['u/1', '{"v":2}'],
  ]
  expect(sorted(await store.read())).toEqual(expected)
  await store.close()

  const again = await openStore(directory)
  expect(sorted(await again.store.read())).toEqual(expected)
  expect(again.problems).toEqual([])
})

test('the last change of a key in one batch counts, and an empty batch changes nothing', async () => {
  const { store } = await openStore()
  await store.write([
    { key: 'a', value: '1' },
    { key: 'a' },
    { key: 'b' },
    { key: 'b', value: '2' },
  ])
  await store.write([])
  expect(await store.read()).toEqual([['b', '2']])
})

test('what was read is not kept: it may be as much as all uploads together', async () => {
  const { directory, store } = await openStore()
  await store.write([{ key: 'a', value: '1' }])
  await store.close()
  const again = await openStore(directory)
  const records = new WeakRef(await again.store.read())
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // A WeakRef holds what it was made of until the present turn ends.
  await setImmediate()
  collect()
  expect(records.deref()).toBeUndefined()
})

test.each([
  ['a path of Windows', 'u/C:\\Users\\me', 'C:\\Users\\me'],
  ['emoji', 'u/📷', '👩‍👩‍👧‍👦'],
  ['what Unicode could normalise', 'u/e\u0301\u00e9', 'e\u0301\u00e9'],
  ['control characters', 'u/\0\n\r\t', '\0\u0001\u001f\u007f'],
  ['an empty value', 'u/empty', ''],
  ['a long value', 'u/long', 'ä'.repeat(300_000)],
])('%s comes back as it was', async (_, key, value) => {
  const { directory, store } = await openStore()
  await store.write([{ key, value }])
  await store.close()
  expect(await (await openStore(directory)).store.read()).toEqual([[key, value]])
})

test('writes that are not waited for take place in the order of the calls', async () => {
  const { directory, store } = await openStore()
  const writes = Array.from({ length: 200 }, (_, index) =>
    store.write([
      { key: 'last', value: `${index}` },
      { key: `${index}`, value: 'x' },
    ]),
  )
  const closed = store.close()
  await Promise.all([...writes, closed])
  const records = new Map(await (await openStore(directory)).store.read())
  expect(records.size).toBe(201)
  expect(records.get('last')).toBe('199')
})

test('a batch that its caller changes later is written as it was', async () => {
  const { store } = await openStore()
  const batch = [{ key: 'a', value: '1' }]
  const written = store.write(batch)
  batch.push({ key: 'b', value: '2' })
  await written
  expect(await store.read()).toEqual([['a', '1']])
})

test('a hundred thousand records come back', async () => {
  const { directory, store } = await openStore()
  const count = 100_000
  await write(store, count)
  await store.close()
  const records = await (await openStore(directory)).store.read()
  expect(records.length).toBe(count)
  expect(new Set(records.map(([key]) => key)).size).toBe(count)
})

test('closing twice is closing once; afterwards everything is refused', async () => {
  const { store } = await openStore()
  await store.write([{ key: 'a', value: '1' }])
  await Promise.all([store.close(), store.close()])
  await store.close()
  await expect(store.read()).rejects.toMatchObject({ name: 'UploadError', code: 'closed' })
  await expect(store.write([{ key: 'a' }])).rejects.toMatchObject({ code: 'closed' })
})

test('a store that was never read leaves no trace', async () => {
  const directory = join(await temporaryFolder(), 'journal')
  await levelStore(directory).close()
  await expect(stat(directory)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('closing waits for what is under way', async () => {
  const { directory, store } = await openStore()
  const written = store.write([{ key: 'a', value: '1' }])
  await store.close()
  await written
  expect(await (await openStore(directory)).store.read()).toEqual([['a', '1']])
})

test.runIf(process.platform !== 'win32')(
  'folders that are made are for this user only',
  async () => {
    const folder = await temporaryFolder()
    const { directory } = await openStore(join(folder, 'new', 'journal'))
    for (const path of [join(folder, 'new'), directory, join(directory, 'records')])
      expect((await stat(path)).mode & 0o777).toBe(0o700)
  },
)

test('a relative path means what it meant when the store was made', async () => {
  const folder = await temporaryFolder()
  const before = process.cwd()
  const { store } = await openStore(relative(before, join(folder, 'journal')), false)
  process.chdir(folder)
  onTestFinished(() => process.chdir(before))
  await store.read()
  expect(await readdir(folder)).toEqual(['journal'])
})

test.each(['', 'a\0b', undefined as unknown as string])('the path %j is refused', (path) => {
  expect(() => levelStore(path)).toThrow(expect.objectContaining({ code: 'config_invalid' }))
})

test('a second store on the same folder is locked out until the first is closed', async () => {
  const { directory, store } = await openStore()
  await store.write([{ key: 'a', value: '1' }])
  const second = levelStore(directory)
  await expect(second.read()).rejects.toMatchObject({
    code: 'store_locked',
    message: `The journal in ${directory} is open already, in this process (${process.pid})`,
    retryable: true,
  })
  await expect(second.write([{ key: 'b', value: '2' }])).rejects.toMatchObject({
    code: 'store_locked',
  })
  await store.close()
  expect(await second.read()).toEqual([['a', '1']])
  await second.close()
})

test('the same folder by another name is locked too', async () => {
  const { directory } = await openStore()
  const link = join(await temporaryFolder(), 'link')
  await symlink(directory, link, 'junction')
  const second = levelStore(link)
  await expect(second.read()).rejects.toMatchObject({ code: 'store_locked' })
  await second.close()
})

test('of two that open at the same time one gets the journal', async () => {
  const directory = join(await temporaryFolder(), 'journal')
  const stores = [levelStore(directory), levelStore(directory)]
  const outcomes = await Promise.allSettled(stores.map((store) => store.read()))
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await Promise.all(stores.map((store) => store.close()))
})

test('a folder in the way of others does not confuse the journal', async () => {
  const directory = join(await temporaryFolder(), 'journal')
  await mkdir(join(directory, 'something else'), { recursive: true })
  const { store } = await openStore(directory)
  await store.write([{ key: 'a', value: '1' }])
  expect(await readdir(directory)).toContain('something else')
})

test('importing the transport does not load the native module', () => {
  const built = new URL('../dist/index.js', import.meta.url).href
  const program = `
    await import(${JSON.stringify(built)})
    process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects))`
  const argv = ['--input-type=module', '-e', program]
  expect(execFileSync(process.execPath, argv, { encoding: 'utf8' })).not.toContain('classic-level')
})
