import { mkdir, rename, rm, truncate, utimes } from 'node:fs/promises'
import type { ErrorCode } from '@s3-bg-uploader/core'
import { describe, expect, test } from 'vitest'
import { Gate } from './faults.ts'
import { HeldHasher } from './held-hasher.ts'
import { patternOf, reach, type Stack, startStack } from './stack.ts'

const SIZE = 3500
const NEW = patternOf(SIZE, 9)

/** What can happen to a file. Resolves when it has. */
type Change = (stack: Stack, path: string) => Promise<unknown>

const rewrite: Change = (stack) => stack.file(NEW)
const grow: Change = (stack) => stack.file(SIZE + 1)
const shrink: Change = (_, path) => truncate(path, 1200)
const touch: Change = (_, path) => utimes(path, 1_000_000_000, 1_000_000_000)
const empty: Change = (_, path) => truncate(path, 0)
const remove: Change = (_, path) => rm(path)
const becomeFolder: Change = async (_, path) => {
  await rm(path)
  await mkdir(path)
}
const replace: Change = async (stack, path) => {
  await rename(await stack.file(NEW, 'other.bin'), path)
}

const CHANGES: [string, Change, ErrorCode][] = [
  ['is written anew', rewrite, 'source_changed'],
  ['grows', grow, 'source_changed'],
  ['is truncated', shrink, 'source_changed'],
  ['is emptied', empty, 'source_changed'],
  ['is touched', touch, 'source_changed'],
  ['is replaced', replace, 'source_changed'],
]

const LOSSES: [string, Change, ErrorCode[]][] = [
  ['is deleted', remove, ['file_not_found']],
  ['becomes a folder', becomeFolder, ['source_changed', 'file_not_regular']],
]

/** Nothing was completed; the file as it is now is uploaded after retry(). */
async function expectNewContent(
  stack: Stack,
  upload: Awaited<ReturnType<Stack['start']>>,
  path: string,
): Promise<void> {
  expect(stack.server.requests('complete')).toEqual([])
  expect(await stack.objects()).toBe(0)
  await rm(path, { recursive: true, force: true })
  await stack.file(NEW)
  upload.retry()
  // What is not there is waited for as the file that was hashed: the new one is another.
  const snapshot = await stack.finish(upload).catch(async () => {
    expect(await stack.failure(upload)).toMatchObject({ code: 'source_changed' })
    upload.retry()
    return stack.finish(upload)
  })
  await stack.expectStored(snapshot, NEW)
  expect(await stack.objects()).toBe(1)
}

describe.each(['hashing', 'start', 'urls'] as const)('a file that, before %s is done,', (held) => {
  test.each([...CHANGES.map(([name, change, code]) => [name, change, [code]] as const), ...LOSSES])(
    '%s',
    async (_, change, codes) => {
      const stack = await startStack()
      const gate = new Gate()
      const hasher = new HeldHasher()
      if (held !== 'hashing') stack.server.fail(held, gate.hold)
      const uploader = await stack.open({ platform: held === 'hashing' ? { hasher } : {} })
      const path = await stack.file(SIZE)
      const upload = await uploader.uploadFile(path)
      if (held === 'hashing') await hasher.reached
      else await stack.server.until(() => gate.held === 1)
      await change(stack, path)
      gate.open()
      hasher.open()
      const error = await stack.failure(upload)
      expect(codes).toContain(error.code)
      expect(stack.server.requests('put').every(({ bytes }) => bytes === 0)).toBe(true)
      await expectNewContent(stack, upload, path)
    },
  )
})

const CHANGES_OF_WHAT_IS_OPEN = CHANGES.filter(([, change]) => change !== replace)

test.each(CHANGES_OF_WHAT_IS_OPEN)(
  'a file that, between two parts, %s',
  async (_, change, code) => {
    const stack = await startStack()
    const gate = new Gate()
    stack.server.fail('put', gate.hold, { part: 2 })
    const uploader = await stack.open({
      concurrency: 1,
      config: { abortApi: stack.abortApi },
    })
    const path = await stack.file(SIZE)
    const upload = await uploader.uploadFile(path)
    await stack.server.until(() => gate.held === 1)
    await change(stack, path)
    gate.open()
    expect(await stack.failure(upload)).toMatchObject({ code, retryable: true })
    await expectNewContent(stack, upload, path)
    // What was sent of the old content is of no use to anybody.
    await stack.hears('abort')
    expect(await stack.unfinished()).toEqual([])
  },
)

test.each([
  ['is replaced', replace],
  ['is deleted', remove],
])('a file that, between two parts, %s: what was hashed is still open', async (_, change) => {
  const stack = await startStack()
  const gate = new Gate()
  stack.server.fail('put', gate.hold, { part: 2 })
  const uploader = await stack.open({ concurrency: 1 })
  const path = await stack.file(SIZE)
  const upload = await uploader.uploadFile(path)
  await stack.server.until(() => gate.held === 1)
  await change(stack, path)
  gate.open()
  await stack.expectStored(await stack.finish(upload), SIZE)
})

describe('a file that, in the middle of a part,', () => {
  const size = 32 * 1024 * 1024

  test.each<[string, Change]>([
    ['is truncated', (_, path) => truncate(path, 1000)],
    ['is written over', (stack) => stack.file(patternOf(size, 5))],
    ['grows', (_, path) => truncate(path, size + 1)],
  ])('%s', async (_, change) => {
    const stack = await startStack({ partSize: size })
    const gate = new Gate()
    stack.server.fail('put', gate.hold)
    const uploader = await stack.open()
    const path = await stack.file(size)
    const upload = await uploader.uploadFile(path)
    await stack.server.until(() => gate.held === 1)
    // The server reads no more than its buffers take, so most of the part is still in the file.
    await stack.turn()
    await change(stack, path)
    gate.open()
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'source_changed', part: 1 })
    expect(stack.server.requests('put')[0]?.bytes).toBeLessThan(size)
    await expectNewContent(stack, upload, path)
  })

  test('is deleted goes on: it is still open', async () => {
    const stack = await startStack({ partSize: size })
    const gate = new Gate()
    stack.server.fail('put', gate.hold)
    const uploader = await stack.open()
    const path = await stack.file(size)
    const upload = await uploader.uploadFile(path)
    await stack.server.until(() => gate.held === 1)
    await rm(path)
    gate.open()
    await stack.expectStored(await stack.finish(upload), size)
  })
})

test('a file that is truncated between its parts while others are on their way', async () => {
  const stack = await startStack()
  const gate = new Gate()
  stack.server.fail('put', gate.hold, { part: 2 })
  const upload = await stack.start(await stack.open({ concurrency: 2 }), 20_000)
  await reach(upload, ({ confirmedParts }) => confirmedParts === 3)
  const failing = stack.failure(upload)
  await stack.file(NEW)
  gate.open()
  expect(await failing).toMatchObject({ code: 'source_changed' })
  expect(await stack.objects()).toBe(0)
})

test.each<[string, (stack: Stack) => Promise<string>, ErrorCode]>([
  ['is not there', async (stack) => `${await stack.file(1)}.missing`, 'file_not_found'],
  [
    'is a folder',
    async (stack) => (await stack.file(1)).replace(/file\.bin$/, ''),
    'file_not_regular',
  ],
  ['is below a file', async (stack) => `${await stack.file(1)}/below`, 'file_not_found'],
  ['has a NUL in its name', async () => '/tmp/a\0b', 'file_not_found'],
  ['is a URL of the web', async () => 'file://elsewhere/a', 'file_not_found'],
])('a file that %s is refused when it is added', async (_, pathOf, code) => {
  const stack = await startStack()
  const uploader = await stack.open()
  await expect(uploader.uploadFile(await pathOf(stack))).rejects.toMatchObject({ code })
  expect(uploader.uploads()).toEqual([])
  expect(stack.server.transcript).toEqual([])
})
