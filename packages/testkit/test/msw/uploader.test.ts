import { createUploader, type UploadError, type Uploader } from '@s3-bg-uploader/core'
import type { MockBackendOptions } from '@s3-bg-uploader/testkit/msw'
import { expect, onTestFinished, test } from 'vitest'
import { fetchTransport, type TextFile } from './fetch-transport.ts'
import { listen, type MockBackend, textOf } from './fixture.ts'

const file: TextFile = { name: 'a.txt', content: 'abcdefghij' }

/** One PUT at a time, so that the order is known, and no waiting before a retry. */
async function uploading(
  options: MockBackendOptions = {},
): Promise<{ backend: MockBackend; uploader: Uploader<TextFile> }> {
  const { backend, clock } = listen(options)
  let draws = 0
  const uploader = await createUploader({
    transport: fetchTransport(),
    concurrency: 1,
    config: backend.config,
    platform: {
      clock: {
        now: () => performance.now(),
        wall: clock.wall,
        setTimer(callback, delayMs) {
          const timer = setTimeout(callback, delayMs)
          return () => clearTimeout(timer)
        },
      },
      random: {
        draw(name) {
          draws += 1
          return name === 'id' ? (draws % 32) / 32 : 0
        },
      },
    },
  })
  onTestFinished(() => uploader.close())
  return { backend, uploader }
}

test('an upload of the core goes through', async () => {
  const { backend, uploader } = await uploading()
  const upload = await uploader.uploadFile(file, { userParams: { albumId: '42' } })
  const { key = '', fileHash } = await upload.done
  expect(textOf(backend.storage.object(key))).toBe(file.content)
  expect(key).toBe(`${fileHash}/a.txt`)
  expect(await backend.next('start')).toMatchObject({
    json: { fileName: 'a.txt', fileHash, fileSize: 10, albumId: '42' },
  })
  expect(backend.transcriptText()).toBe(
    [
      '1 start a.txt, 10 B -> 200',
      '2 urls upload-1 1-3 -> 200',
      '3 put upload-1 part 1, 4 B -> 200',
      '4 put upload-1 part 2, 4 B -> 200',
      '5 put upload-1 part 3, 2 B -> 200',
      '6 complete upload-1 1-3 -> 200',
    ].join('\n'),
  )
})

test('an upload of the core survives what it should', async () => {
  const { backend, uploader } = await uploading()
  backend.on('start').respond(503)
  backend.on('urls').reset('before')
  backend.on('put', { part: 1 }).loseResponse()
  backend.on('put', { part: 2 }).respond(503, { code: 'SlowDown' })
  backend.on('put', { part: 3 }).respond(403, { message: 'Request has expired' })
  backend.on('complete').loseResponse()
  const upload = await uploader.uploadFile(file)
  const { key = '' } = await upload.done
  expect(textOf(backend.storage.object(key))).toBe(file.content)
  expect(backend.faults().filter(({ hits }) => hits !== 1)).toEqual([])
  expect(backend.transcript.filter(({ route }) => route === 'complete')).toMatchObject([
    { outcome: 'broken', effect: 200 },
    { outcome: 'answered', effect: 200 },
  ])
})

test('an upload of the core that was held is cancelled, and aborted at the backend', async () => {
  const { backend, uploader } = await uploading()
  const gate = backend.on('put').hold()
  const upload = await uploader.uploadFile(file)
  await gate.reached
  upload.cancel()
  await expect(upload.done).rejects.toMatchObject({ code: 'cancelled' })
  expect(await backend.next('put')).toMatchObject({ outcome: 'aborted' })
  expect(await backend.next('abort')).toMatchObject({ status: 204 })
  expect(backend.storage.unfinished()).toEqual([])
})

test.each([
  ['etag_missing', (backend: MockBackend) => backend.on('put').always().withoutEtag(), {}],
  ['etag_missing', () => {}, { exposeEtag: false }],
  ['response_invalid', (backend: MockBackend) => backend.on('start').json(() => ({})), {}],
  ['too_many_parts', (backend: MockBackend) => tinyParts(backend), {}],
  ['backend_rejected', (backend: MockBackend) => backend.on('start').redirect('/elsewhere'), {}],
] as const)('an upload of the core fails with %s', async (code, plan, options) => {
  const { backend, uploader } = await uploading(options)
  plan(backend)
  // With it, ETags that were lost on the way would be found again.
  uploader.setConfig({ ...backend.config, listPartsApi: undefined })
  const content = code === 'too_many_parts' ? 'x'.repeat(10_001) : file.content
  const upload = await uploader.uploadFile({ name: 'a', content })
  const error: UploadError = await upload.done.then(
    () => expect.unreachable(),
    (thrown) => thrown,
  )
  expect(error.code).toBe(code)
  expect(backend.storage.objectKeys()).toEqual([])
})

function tinyParts(backend: MockBackend): void {
  backend.on('start').json((answer) => ({ ...answer, partSize: 1 }))
}
