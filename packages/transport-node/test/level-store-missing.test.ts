import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { levelStore } from '../src/index.ts'
import { openStore } from './level-store-open.ts'
import { temporaryFile, temporaryFolder } from './temporary-file.ts'

function findStore(directory: string) {
  const store = levelStore(directory, { createIfMissing: false, onProblem: () => {} })
  onTestFinished(() => store.close())
  return store
}

/** A journal with one record, which nobody has open. */
async function journal(): Promise<string> {
  const { directory, store } = await openStore()
  await store.write([{ key: 'a', value: '1' }])
  await store.close()
  return directory
}

const places: [string, (directory: string) => Promise<unknown>][] = [
  ['nothing is there', async () => {}],
  ['the folder is empty', (directory) => mkdir(directory)],
  [
    'the folder is somebody else’s, and holds things of the same names',
    async (directory) => {
      await mkdir(join(directory, 'records'), { recursive: true })
      await writeFile(join(directory, 'records', 'of 1984.txt'), 'music')
      await mkdir(join(directory, 'lock'))
    },
  ],
]

test.each(places)('where %s no journal is made', async (_, make) => {
  const folder = await temporaryFolder()
  const directory = join(folder, 'journal')
  await make(directory)
  const before = await readdir(folder, { recursive: true })
  const refusal = {
    name: 'UploadError',
    code: 'store_failed',
    message: `There is no journal in ${directory}`,
    hint: expect.stringContaining('Check the path'),
    retryable: false,
  }
  const store = findStore(directory)
  await expect(store.read()).rejects.toMatchObject(refusal)
  await expect(store.write([{ key: 'a', value: '1' }])).rejects.toMatchObject(refusal)
  await store.close()
  expect(await readdir(folder, { recursive: true })).toEqual(before)
})

test('a file in the place of the folder is told as such', async () => {
  await expect(findStore(await temporaryFile('something else')).read()).rejects.toMatchObject({
    code: 'store_failed',
    message: expect.stringContaining('there is a file where a folder should be'),
  })
})

test('a journal that is there is used', async () => {
  const directory = await journal()
  const store = findStore(directory)
  expect(await store.read()).toEqual([['a', '1']])
  await store.write([{ key: 'b', value: '2' }])
  await store.close()
  expect(await findStore(directory).read()).toEqual([
    ['a', '1'],
    ['b', '2'],
  ])
})

test('a journal that was made later is found by the same store', async () => {
  const directory = join(await temporaryFolder(), 'journal')
  const store = findStore(directory)
  await expect(store.read()).rejects.toMatchObject({ code: 'store_failed' })
  await (await openStore(directory)).store.close()
  expect(await store.read()).toEqual([])
})

test('a damaged journal is a journal', async () => {
  const directory = await journal()
  await rm(join(directory, 'records', 'CURRENT'))
  expect(await findStore(directory).read()).toEqual([['a', '1']])
})

test('a journal whose repair was interrupted is a journal', async () => {
  const directory = await journal()
  await rename(join(directory, 'records'), join(directory, 'records.salvaged'))
  expect(await findStore(directory).read()).toEqual([['a', '1']])
})
