import { createUploader, memoryStore, type Uploader } from '@s3-bg-uploader/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Leader } from '../../src/tabs/leader.ts'
import type { Command } from '../../src/tabs/messages.ts'

interface Memory {
  readonly name: string
}

/** An uploader that never gets an answer from its backend. */
async function newUploader(): Promise<Uploader<Memory>> {
  const uploader = await createUploader<Memory>({
    transport: {
      capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
      open: async ({ name }) => ({
        name,
        size: 0,
        lastModified: undefined,
        ref: undefined,
        read: async () => new Uint8Array(),
        put: () => new Promise<never>(() => {}),
        close: async () => {},
      }),
    },
    store: memoryStore(),
    platform: { fetch: () => new Promise(() => {}) },
    config: {
      startUploadApi: 'http://backend.localhost/start',
      getUploadUrlsApi: 'http://backend.localhost/urls',
      completeApi: 'http://backend.localhost/complete',
    },
  })
  onTestFinished(() => uploader.close())
  return uploader
}

function request(tab: string, number: number, command: Command<Memory>, oldest = number) {
  return { tab, number, oldest, again: false, command }
}

const ADD: Command<Memory> = { type: 'uploadFile', file: { name: 'a' }, options: {} }

test('the same request is done once, however often it comes', async () => {
  const uploader = await newUploader()
  const leader = new Leader(uploader, () => {})
  const answers = await Promise.all([
    leader.answer(request('one', 1, ADD)),
    leader.answer(request('one', 1, ADD)),
  ])
  expect(await leader.answer(request('one', 1, ADD))).toEqual(answers[0])
  expect(answers[0]).toEqual(answers[1])
  expect(uploader.uploads()).toHaveLength(1)
  // The first request of another tab is another one.
  await leader.answer(request('two', 1, ADD))
  expect(uploader.uploads()).toHaveLength(2)
})

test('what a tab has heard of is not remembered any longer', async () => {
  const uploader = await newUploader()
  const pause = vi.spyOn(uploader, 'pause')
  const leader = new Leader(uploader, () => {})
  const command = { type: 'all', verb: 'pause' } as const
  await leader.answer(request('one', 1, command))
  await leader.answer(request('one', 2, command, 1))
  await leader.answer(request('one', 1, command, 1))
  expect(pause).toHaveBeenCalledTimes(2)
  await leader.answer(request('one', 3, command, 3))
  await leader.answer(request('one', 1, command, 1))
  expect(pause).toHaveBeenCalledTimes(4)
})

test('the parts that a tab saw are not remembered for it: they are many, and it may be gone', async () => {
  const uploader = await newUploader()
  const leader = new Leader(uploader, () => {})
  const { uploadId: id = '' } = await leader.answer(request('one', 1, ADD))
  const look = () => leader.answer(request('one', 2, { type: 'listParts', id }))
  const seen = await look()
  expect(seen).toEqual({ parts: [] })
  expect(await look()).not.toBe(seen)
})

test('what was shown after a command is not shown once more', async () => {
  const uploader = await newUploader()
  const show = vi.fn()
  const leader = new Leader(uploader, show)
  await leader.answer(request('one', 1, ADD))
  await leader.answer(request('one', 2, { ...ADD, file: { name: 'b' } }))
  await leader.answer(request('one', 3, { type: 'all', verb: 'pause' }))
  // The uploader itself tells of it later.
  await new Promise<void>((resolve) => {
    uploader.subscribe(resolve)
  })
  await Promise.resolve()
  const shown = show.mock.calls.flatMap(([{ uploads }]) => uploads)
  expect(new Set(shown).size).toBe(shown.length)
  expect(leader.look().uploads.map(({ name, status }) => [name, status])).toEqual([
    ['a', 'paused'],
    ['b', 'paused'],
  ])
})

test('after its end it shows and answers nothing', async () => {
  const uploader = await newUploader()
  const show = vi.fn()
  const leader = new Leader(uploader, show)
  const answered = vi.fn()
  void leader.answer(request('one', 1, ADD)).then(answered)
  leader.end()
  const upload = await uploader.uploadFile({ name: 'b' })
  upload.pause()
  await uploader.close()
  expect(show).not.toHaveBeenCalled()
  expect(answered).not.toHaveBeenCalled()
})

test('a bug in an uploader is answered as one', async () => {
  const uploader = await newUploader()
  vi.spyOn(uploader, 'pause').mockImplementation(() => {
    throw new TypeError('x is not a function')
  })
  const leader = new Leader(uploader, () => {})
  const { error } = await leader.answer(request('one', 1, { type: 'all', verb: 'pause' }))
  expect(error).toMatchObject({ code: 'internal', cause: { message: 'x is not a function' } })
})
