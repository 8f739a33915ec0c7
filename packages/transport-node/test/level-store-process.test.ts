import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { levelStore } from '../src/index.ts'
import { openStore } from './level-store-open.ts'
import { StoreProcess } from './level-store-process.ts'
import { temporaryFile, temporaryFolder } from './temporary-file.ts'

const BUILT = new URL('../dist/index.js', import.meta.url).href
const posix = process.platform !== 'win32'

test('another process is locked out, and told by whom', async () => {
  const { directory, store } = await openStore()
  const other = new StoreProcess(directory)
  const { since } = JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8'))
  expect(await other.read()).toMatchObject({
    code: 'store_locked',
    message: `The journal in ${directory} is in use by process ${process.pid}, since ${since}`,
    hint: expect.stringContaining('close the other'),
  })

  // Trying again in this process must not set the lock free: POSIX locks are like that.
  await expect(levelStore(directory).read()).rejects.toMatchObject({ code: 'store_locked' })
  expect(await other.read()).toMatchObject({ code: 'store_locked' })

  await store.close()
  expect(await other.read()).toEqual({ value: [] })
  const third = levelStore(directory)
  await expect(third.read()).rejects.toMatchObject({
    code: 'store_locked',
    message: expect.stringContaining(`process ${other.pid}, since`),
  })
  await other.close()
  expect(await third.read()).toEqual([])
  await third.close()
})

test('what was written is there after kill -9, and nothing is locked', async () => {
  const directory = join(await temporaryFolder(), 'journal')
  const child = new StoreProcess(directory)
  for (const key of ['a', 'b', 'c']) {
    expect(await child.write([{ key, value: key }])).toEqual({ value: undefined })
  }
  await child.kill()
  const { store, problems } = await openStore(directory, false)
  expect(await store.read()).toEqual([
    ['a', 'a'],
    ['b', 'b'],
    ['c', 'c'],
  ])
  expect(problems).toEqual([])
})

test('word of a holder that has died is not passed on', async () => {
  const directory = join(await temporaryFolder(), 'journal')
  const child = new StoreProcess(directory)
  await child.read()
  const owner = JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8'))
  expect(owner).toMatchObject({ pid: child.pid })
  const dead = new StoreProcess(await temporaryFolder())
  await dead.kill()
  await writeFile(join(directory, 'owner.json'), JSON.stringify({ ...owner, pid: dead.pid }))
  const message = `The journal in ${directory} is in use by another process`
  await expect(levelStore(directory).read()).rejects.toMatchObject({ message })
  for (const text of ['', '{"pid":', 'null', '{}']) {
    await writeFile(join(directory, 'owner.json'), text)
    await expect(levelStore(directory).read()).rejects.toMatchObject({ message })
  }
})

test.each([
  ['', 0],
  [', though the clock was set in the meantime', 86_400_000],
])('another thread is locked out, and does not set the lock free%s', async (_, setBy) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + setBy })
  const { directory } = await openStore().finally(() => vi.useRealTimers())
  const program = `
    const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(BUILT)})
      .then(({ levelStore }) => levelStore(${JSON.stringify(directory)}).read())
      .then(() => parentPort.postMessage('opened'), (error) => parentPort.postMessage(error.code))`
  const worker = new Worker(program, { eval: true, execArgv: [] })
  onTestFinished(async () => {
    await worker.terminate()
  })
  const answer = await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
  expect(answer).toBe('store_locked')
  const other = new StoreProcess(directory)
  expect(await other.read()).toMatchObject({ code: 'store_locked' })
})

test.each([
  ['at the path of the journal', ''],
  ['at the path of a folder above it', 'below/it'],
])('a file %s is told as such', async (_, below) => {
  const path = join(await temporaryFile('something else'), below)
  await expect(levelStore(path).read()).rejects.toMatchObject({
    code: 'store_failed',
    message: `The journal in ${path} could not be opened: there is a file where a folder should be`,
    hint: expect.stringContaining('folder'),
    cause: expect.any(Error),
    retryable: false,
  })
})

// Root may write anywhere, so another user tries; without root this one does.
test.runIf(posix)('a folder that may not be written to is told as such', async () => {
  const folder = await temporaryFolder()
  await chmod(folder, 0o755)
  const mayBe = process.getuid?.() === 0 ? { uid: 65534 } : {}
  const existing = join(folder, 'existing')
  await mkdir(existing)
  const sealed = join(folder, 'sealed')
  await mkdir(sealed, { mode: 0o000 })
  if (mayBe.uid !== undefined) await chown(sealed, mayBe.uid, mayBe.uid)
  await chmod(existing, 0o555)
  await chmod(folder, 0o555)
  onTestFinished(async () => {
    await chmod(folder, 0o755)
  })
  for (const directory of [join(folder, 'new'), existing, sealed]) {
    const child = new StoreProcess(directory, mayBe)
    expect(await child.read()).toMatchObject({
      code: 'store_failed',
      message: `The journal in ${directory} could not be opened: permission denied`,
    })
    // Its open calls must not have left a lock behind in its memory either.
    expect(await child.read()).toMatchObject({ code: 'store_failed' })
    expect(await child.close()).toEqual({ value: undefined })
  }
})

// A limit on the size of files ends a write in its middle, just as a full disk does.
const prlimit = '/usr/bin/prlimit'
test.runIf(existsSync(prlimit))('a write that found no space damages nothing', async () => {
  const directory = join(await temporaryFolder(), 'journal')
  const child = new StoreProcess(directory)
  const limit = (bytes: number | 'unlimited'): void => {
    execFileSync(prlimit, [`--pid=${child.pid}`, `--fsize=${bytes}:unlimited`])
  }
  const put = (key: string, bytes: number) => child.write([{ key, value: key.repeat(bytes) }])
  const full = {
    code: 'store_failed',
    message: `The journal in ${directory} could not be written: the disk is full`,
    hint: expect.stringContaining('Uploads go on'),
  }

  limit(10)
  expect(await child.read()).toMatchObject({
    code: 'store_failed',
    message: `The journal in ${directory} could not be opened: the disk is full`,
    hint: expect.not.stringContaining('Uploads go on'),
  })
  limit('unlimited')
  expect(await put('a', 5000)).toEqual({ value: undefined })
  limit(40_000)
  // It crosses a block of LevelDB's log, so half of it is there already when the rest fails.
  expect(await put('b', 60_000)).toMatchObject(full)
  expect(await put('c', 5000)).toEqual({ value: undefined })
  expect(await put('d', 60_000)).toMatchObject(full)
  limit(10)
  expect(await put('e', 1)).toMatchObject(full)
  const other = levelStore(directory)
  await expect(other.read()).rejects.toMatchObject({ code: 'store_locked' })
  limit('unlimited')
  expect(await put('f', 5000)).toEqual({ value: undefined })
  await child.kill()

  const { store, problems } = await openStore(directory, false)
  const sizes = (await store.read()).map(([key, value]) => [key, value.length])
  // A failed write may have got through all the same, but whole.
  expect(sizes.filter(([key]) => 'acf'.includes(`${key}`))).toEqual([
    ['a', 5000],
    ['c', 5000],
    ['f', 5000],
  ])
  for (const [key, size] of sizes)
    expect(size).toBe('bd'.includes(`${key}`) ? 60_000 : key === 'e' ? 1 : 5000)
  expect(problems).toEqual([])
})
