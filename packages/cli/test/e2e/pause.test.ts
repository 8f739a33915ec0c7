import { expect, test } from 'vitest'
import { answer } from './faults.ts'
import type { Route } from './faulty-server.ts'
import { inStatus, SIZE } from './in-status.ts'
import { patternOf, reach, startStack } from './stack.ts'

test.each<['queued' | 'hashing' | 'starting' | 'uploading' | 'paused', Route[]]>([
  ['queued', []],
  ['hashing', []],
  ['starting', ['start']],
  ['uploading', ['start', 'urls', 'put', 'put', 'put', 'put']],
  ['paused', ['start', 'urls', 'put', 'put', 'put', 'put']],
])('pause while %s: nothing more is sent until resume', async (status, sent) => {
  const { stack, upload, release } = await inStatus(status)
  const { server } = stack
  upload.pause()
  upload.pause()
  expect(upload.getSnapshot()).toMatchObject({ status: 'paused', partsInFlight: 0 })
  release()
  // A call that is under way is left to finish.
  if (status === 'starting') await stack.hears('start')
  await stack.turn()
  stack.clock.pass(300_000)
  await stack.turn()
  expect(server.routes()).toEqual(sent)
  expect(upload.getSnapshot()).toMatchObject({ status: 'paused', waitingFor: undefined })
  upload.resume()
  upload.resume()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect([...new Set(server.takenParts())]).toEqual([1, 2, 3, 4])
  expect(server.requests('put').filter(({ part }) => part !== 2)).toHaveLength(3)
  expect(server.requests('start')).toHaveLength(1)
  expect(server.requests('complete')).toHaveLength(1)
  expect(server.requests('abort')).toEqual([])
})

test('pause while completing: the answer still counts', async () => {
  const { stack, upload, release } = await inStatus('completing')
  upload.pause()
  expect(upload.getSnapshot().status).toBe('paused')
  release()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('complete')).toHaveLength(1)
})

test('pause while completing: an answer that fails is not asked for again until resume', async () => {
  const { stack, upload, release } = await inStatus('completing')
  stack.server.mend()
  upload.pause()
  await stack.forgetUploads()
  release()
  await stack.hears('complete')
  stack.clock.pass(300_000)
  await stack.turn()
  expect(stack.server.routes().at(-1)).toBe('complete')
  upload.resume()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('start')).toHaveLength(2)
})

test.each(['failed', 'completed'] as const)(
  'pause and resume when %s change nothing',
  async (status) => {
    const { stack, upload } = await inStatus(status)
    const sent = stack.server.transcript.length
    const before = upload.getSnapshot()
    upload.pause()
    upload.resume()
    await stack.turn()
    expect(upload.getSnapshot()).toEqual(before)
    expect(stack.server.transcript).toHaveLength(sent)
  },
)

test('pause while a retry is waited for: it is not due before resume', async () => {
  const stack = await startStack()
  stack.server.fail('start', answer(500))
  const upload = await stack.start(await stack.open(), SIZE)
  await reach(upload, ({ waitingFor }) => waitingFor?.reason === 'retry')
  upload.pause()
  stack.clock.pass(300_000)
  await stack.turn()
  expect(stack.server.requests('start')).toHaveLength(1)
  upload.resume()
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test('pausing one of two leaves the other alone', async () => {
  const { stack, uploader, upload, release } = await inStatus('uploading')
  upload.pause()
  const other = await uploader.uploadFile(await stack.file(patternOf(2500, 3), 'other.bin'))
  await stack.expectStored(await stack.finish(other), patternOf(2500, 3))
  expect(upload.getSnapshot().status).toBe('paused')
  release()
  upload.resume()
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test('a transfer is paused and resumed as a whole', async () => {
  const stack = await startStack()
  const uploader = await stack.open()
  const contents = [1, 2, 3].map((seed) => patternOf(2500, seed))
  const uploads = await Promise.all(
    contents.map(async (content, index) =>
      uploader.uploadFile(await stack.file(content, `${index}.bin`), {
        transferId: index === 2 ? 'other' : 'trip',
      }),
    ),
  )
  uploader.transfer('trip').pause()
  await stack.finish(uploads[2] ?? expect.fail())
  await stack.turn()
  expect(uploads.map((upload) => upload.getSnapshot().status)).toEqual([
    'paused',
    'paused',
    'completed',
  ])
  uploader.transfer('trip').resume()
  for (const [index, upload] of uploads.entries()) {
    await stack.expectStored(await stack.finish(upload), contents[index] ?? 0)
  }
})
