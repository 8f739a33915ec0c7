import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { patternBytes, transportConformance } from '@s3-bg-uploader/testkit'
import { type NodePutServer, nodePutServer } from '@s3-bg-uploader/testkit/node'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { type ExpoChosenFile, expoTransport } from '../../src/expo/expo-transport.ts'
import type { ExpoFileSystem } from '../../src/expo/file-system.ts'
import { FakeFileSystem } from './fake-file-system.ts'

let server: NodePutServer
const fileSystem = new FakeFileSystem()
const cache = fileURLToPath(fileSystem.Paths.cache.uri)

beforeAll(async () => {
  server = await nodePutServer()
})

afterAll(async () => {
  await server.close()
  fileSystem.remove()
})

const request = { signal: new AbortController().signal, onProgress: () => {} }

// Expo answers once the body of an answer has ended; see the test below.
const UNSEEN = 'with a body that does not end does not hang'

transportConformance<ExpoChosenFile>({
  describe,
  it(name, body) {
    if (!name.endsWith(UNSEEN)) it(name, body)
  },
  server: async () => server,
  create: async () => expoTransport(fileSystem),
  async file(bytes, { name }) {
    const path = join(await mkdtemp(join(fileSystem.folder, 'file-')), name)
    await writeFile(path, bytes)
    return {
      file: pathToFileURL(path).href,
      change: (next) => changeInPlace(path, next),
      remove: () => rm(path, { force: true }),
    }
  },
  capabilities: { progress: true, reopen: true, nativeHash: false, background: false },
  limits: { followsRedirects: true, readsUnseen: true },
  async sparseFile(size, tail) {
    const path = join(fileSystem.folder, 'sparse.bin')
    await writeFile(path, '')
    await truncate(path, size - tail.length)
    await writeFile(path, tail, { flag: 'a' })
    return { file: pathToFileURL(path).href, remove: () => rm(path, { force: true }) }
  },
  refusedFiles: [
    {
      what: 'a folder',
      make: async () => fileSystem.Paths.document.uri.replace(/\/$/, ''),
      code: 'file_not_regular',
    },
    {
      what: 'a file that is not there',
      make: async () => `${fileSystem.Paths.document.uri}nothing.mov`,
      code: 'file_not_found',
    },
    {
      what: 'what is no URI',
      make: async () => 'nonsense',
      code: 'file_unreadable',
    },
  ],
  refusedRefs: [
    { name: 'a.mov' },
    { name: 'a.mov', place: 'elsewhere', path: 'a.mov' },
    { name: 'a.mov', place: 'cache' },
  ],
})

test('an answer whose body does not end keeps a put waiting until it is aborted', async () => {
  const uri = await made('endless.bin', 10)
  const lane = await server.open([{ kind: 'endless', status: 200 }])
  const source = await expoTransport(fileSystem).open(uri)
  const abort = new AbortController()
  const url = `${server.origin}/lane/${lane}/part`
  const putting = source.put({
    ...request,
    url,
    range: { start: 0, end: 10 },
    signal: abort.signal,
  })
  await server.until(lane, 0, 'body')
  abort.abort()
  await expect(putting).rejects.toThrow()
  await server.forget(lane)
})

test('of the copies of parts nothing is left, however they ended', async () => {
  const uri = await made('copies.bin', 3_000_000)
  const lane = await server.open([
    { kind: 'answer', status: 200 },
    { kind: 'answer', status: 503 },
    { kind: 'break', at: 'body', how: 'reset' },
    { kind: 'stall', reading: 'nothing' },
  ])
  const source = await expoTransport(fileSystem).open(uri)
  const abort = new AbortController()
  const put = (): Promise<unknown> =>
    source.put({
      ...request,
      url: `${server.origin}/lane/${lane}/part`,
      range: { start: 5, end: 2_500_000 },
      signal: abort.signal,
    })
  for (const expected of [200, 503]) expect(await put()).toMatchObject({ status: expected })
  await expect(put()).rejects.toThrow()
  const stalled = put()
  await server.until(lane, 3, 'headers')
  expect(copies()).toHaveLength(1)
  abort.abort()
  await expect(stalled).rejects.toThrow()
  expect(copies()).toEqual([])
  await server.forget(lane)
})

test('what a crash left in the cache is gone with the first part', async () => {
  mkdirSync(join(cache, 's3-bg-uploader-parts'), { recursive: true })
  await writeFile(join(cache, 's3-bg-uploader-parts', '7.part'), 'left over')
  const lane = await server.open([{ kind: 'answer', status: 200 }])
  const source = await expoTransport(fileSystem).open(await made('first.bin', 10))
  const url = `${server.origin}/lane/${lane}/part`
  await source.put({ ...request, url, range: { start: 0, end: 10 } })
  expect(copies()).toEqual([])
  await server.forget(lane)
})

test('a file of the app is found again when its folders have moved', async () => {
  const inDocuments = join(fileURLToPath(fileSystem.Paths.document.uri), 'trip')
  mkdirSync(inDocuments)
  await writeFile(join(inDocuments, 'sea & sand.mov'), 'sea')
  const uri = pathToFileURL(join(inDocuments, 'sea & sand.mov')).href
  const { ref } = await expoTransport(fileSystem).open(uri)

  const moved = new FakeFileSystem()
  const there = join(fileURLToPath(moved.Paths.document.uri), 'trip')
  mkdirSync(there)
  await writeFile(join(there, 'sea & sand.mov'), 'sand')
  const again = await expoTransport(moved).reopen?.(ref ?? null)
  expect(again).toMatchObject({ name: 'sea & sand.mov', size: 4 })
  moved.remove()
})

test('the name that a picker told is the name of the upload, and stays it', async () => {
  const transport = expoTransport(fileSystem)
  const uri = await made('7F3A.tmp', 3)
  const source = await transport.open({ uri, name: 'holiday.mov' })
  expect(source.name).toBe('holiday.mov')
  expect((await transport.reopen?.(source.ref ?? null))?.name).toBe('holiday.mov')
  expect((await transport.open({ uri, name: null })).name).toBe('7F3A.tmp')
})

test('a path is as good as its URI', async () => {
  await made('100%25 sure?#1 é.mov', 3)
  const transport = expoTransport(fileSystem)
  const source = await transport.open(join(fileSystem.folder, '100%25 sure?#1 é.mov'))
  expect(source).toMatchObject({ name: '100%25 sure?#1 é.mov', size: 3 })
})

test('a provider that does not know the time of modification tells none', async () => {
  const { File } = fileSystem
  class TimelessFile extends File {
    override info(): ReturnType<InstanceType<ExpoFileSystem['File']>['info']> {
      return { ...super.info(), modificationTime: 0 }
    }
  }
  const timeless = { ...fileSystem, File: TimelessFile }
  const source = await expoTransport(timeless).open(await made('cloud.bin', 10))
  expect(source.lastModified).toBeUndefined()
  expect(await source.read({ start: 0, end: 10 }, new Uint8Array(10))).toHaveLength(10)
})

/** The URI of a new file. */
async function made(name: string, size: number): Promise<string> {
  const path = join(fileSystem.folder, name)
  await writeFile(path, patternBytes(size))
  return pathToFileURL(path).href
}

function copies(): readonly string[] {
  const folder = join(cache, 's3-bg-uploader-parts')
  return existsSync(folder) ? readdirSync(folder) : []
}

/** Another time of modification each time, whatever the clock of the file system ticks. */
async function changeInPlace(path: string, bytes: Uint8Array): Promise<void> {
  const { mtimeMs } = await stat(path)
  await writeFile(path, bytes)
  await utimes(path, new Date(), new Date(mtimeMs + 2000))
}
