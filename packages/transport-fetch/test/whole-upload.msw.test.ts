import { createUploader, memoryStore, type Upload } from '@s3-bg-uploader/core'
import { mockBackend } from '@s3-bg-uploader/testkit/msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type ChosenFile, type FetchTransportOptions, fetchTransport } from '../src/index.ts'
import { DiskFile, DiskFileHandle } from './disk-file.ts'
import { KeptInMemory } from './kept-in-memory.ts'

const backend = mockBackend({ partSize: 5 })
const server = setupServer(...backend.handlers)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => {
  vi.unstubAllGlobals()
  backend.reset()
})
afterAll(() => server.close())

/** What a page makes anew after every reload. */
async function newPage(
  options: FetchTransportOptions = {},
  store = memoryStore(),
): Promise<Awaited<ReturnType<typeof createUploader<ChosenFile>>>> {
  const uploader = await createUploader<ChosenFile>({
    transport: fetchTransport(options),
    store,
    config: backend.config,
    concurrency: 1,
    onProblem: (problem) => expect.unreachable(problem.message),
  })
  onTestFinished(() => uploader.close())
  return uploader
}

const VIDEO = 'twelve bytes'

function puts(): readonly (readonly [part: number | undefined, status: number | undefined])[] {
  return backend.transcript
    .filter(({ route }) => route === 'put')
    .map(({ part, status }) => [part, status])
}

function textOf(key: string | undefined): string {
  return new TextDecoder().decode(backend.storage.object(key ?? ''))
}

/** Resolves once a snapshot of the upload is as wanted. */
function until(upload: Upload, isWanted: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isWanted()) return
      stop()
      resolve()
    }
    const stop = upload.subscribe(look)
    look()
  })
}

test('a file arrives part by part, and no PUT has a header that was not signed', async () => {
  const uploader = await newPage()
  const file = new File([VIDEO], 'holiday.mp4', { type: 'video/mp4' })
  const { key } = await (await uploader.uploadFile(file)).done
  expect(textOf(key)).toBe(VIDEO)
  expect(puts()).toEqual([
    [1, 200],
    [2, 200],
    [3, 200],
  ])
  const headers = backend.transcript.flatMap((exchange) =>
    exchange.route === 'put' ? Object.keys(exchange.headers) : [],
  )
  expect(headers).toEqual([])
})

test('a file without bytes is one empty part', async () => {
  const uploader = await newPage()
  const { key } = await (await uploader.uploadFile(new File([], 'empty.log'))).done
  expect(textOf(key)).toBe('')
  expect(puts()).toEqual([[1, 200]])
})

test('a bucket that does not expose the ETag is told which rule to add', async () => {
  backend.on('put').always().withoutEtag()
  const uploader = await newPage()
  // With it, the ETags would be found in another way.
  uploader.setConfig({ ...backend.config, listPartsApi: undefined })
  const upload = await uploader.uploadFile(new File([VIDEO], 'holiday.mp4'))
  await expect(upload.done).rejects.toMatchObject({
    code: 'etag_missing',
    hint: expect.stringContaining('ExposeHeaders: ["ETag"]'),
  })
})

test('a kept file goes on after a reload, from the parts that arrived, and is kept no longer', async () => {
  const [store, files] = [memoryStore(), new KeptInMemory()]
  const before = await newPage({ files }, store)
  const gate = backend.on('put', { part: 2 }).hold()
  await before.uploadFile(new File([VIDEO], 'holiday.mp4'))
  await gate.reached
  await before.close()
  gate.release()
  expect(files.files.size).toBe(1)

  const after = await newPage({ files }, store)
  const [upload] = after.uploads()
  const done = await upload?.done
  expect(textOf(done?.key)).toBe(VIDEO)
  expect(puts().filter(([part]) => part === 1)).toEqual([[1, 200]])
  await after.close()
  expect(files.files.size).toBe(0)
})

test('a file that was not kept waits for the user to choose it again', async () => {
  const store = memoryStore()
  const before = await newPage({}, store)
  const gate = backend.on('put', { part: 2 }).hold()
  await before.uploadFile(new File([VIDEO], 'holiday.mp4', { lastModified: 1 }))
  await gate.reached
  await before.close()
  gate.release()

  const after = await newPage({}, store)
  const [upload] = after.uploads()
  if (upload === undefined) throw new Error('The upload is not in the journal')
  await until(upload, () => upload.getSnapshot().waitingFor?.reason === 'file')
  expect(await after.uploadFile(new File([VIDEO], 'holiday.mp4', { lastModified: 1 }))).toBe(upload)
  expect(textOf((await upload.done).key)).toBe(VIDEO)
  expect(puts().filter(([part]) => part === 1)).toEqual([[1, 200]])
})

test('a file behind a handle that changes fails, and is uploaded anew by retry', async () => {
  const onDisk = await DiskFile.create(VIDEO)
  const uploader = await newPage({ files: new KeptInMemory() })
  const gate = backend.on('put', { part: 2 }).hold()
  const upload = await uploader.uploadFile(new DiskFileHandle(onDisk).asHandle)
  await gate.reached
  await onDisk.change('something else')
  gate.release()
  await expect(upload.done).rejects.toMatchObject({ code: 'source_changed' })
  upload.retry()
  expect(textOf((await upload.done).key)).toBe('something else')
})

test('an upload waits while the browser is offline, and goes on when it is not', async () => {
  const page = new EventTarget()
  const navigator = { onLine: false }
  vi.stubGlobal('navigator', navigator)
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  const uploader = await newPage()
  const upload = await uploader.uploadFile(new File([VIDEO], 'holiday.mp4'))
  await until(upload, () => upload.getSnapshot().waitingFor?.reason === 'network')
  expect(puts()).toEqual([])
  navigator.onLine = true
  page.dispatchEvent(new Event('online'))
  expect(textOf((await upload.done).key)).toBe(VIDEO)
})
