import { expect, test } from 'vitest'
import { answer, stall } from './faults.ts'
import { inStatus, SIZE } from './in-status.ts'
import type { Stack } from './stack.ts'

/** Nothing may come later, whatever time brings. */
async function quiet(stack: Stack): Promise<void> {
  for (let minutes = 0; minutes < 5; minutes += 1) {
    await stack.turn()
    stack.clock.pass(60_000)
  }
  await stack.turn()
}

test.each([
  ['queued', 0],
  ['hashing', 0],
  ['starting', 1],
  ['uploading', 1],
  ['completing', 1],
  ['paused', 1],
  ['failed', 1],
] as const)('cancel while %s: nothing is sent but the abort', async (status, aborts) => {
  const { stack, upload, release } = await inStatus(status)
  const { server } = stack
  const sent = server.transcript.length
  upload.cancel()
  upload.cancel()
  expect(upload.getSnapshot()).toMatchObject({ status: 'cancelled', waitingFor: undefined })
  await expect(upload.done).rejects.toMatchObject({ code: 'cancelled' })
  // Only the answer to start tells what there is to abort.
  if (status === 'starting') expect(server.transcript).toHaveLength(sent)
  // What the backend does with a complete call that it has already is not ours to say.
  if (status !== 'completing') release()
  await server.until(
    () => server.requests('abort').filter((entry) => entry.status).length >= aborts,
  )
  for (const command of ['pause', 'resume', 'retry', 'cancel'] as const) upload[command]()
  await quiet(stack)
  expect(server.routes().slice(sent)).toEqual(Array(aborts).fill('abort'))
  expect(upload.getSnapshot().status).toBe('cancelled')
  expect(await stack.unfinished()).toEqual([])
  expect(await stack.objects()).toBe(0)
  if (aborts === 1) {
    expect(server.requests('abort')[0]).toMatchObject({
      method: 'POST',
      status: 204,
      body: {},
      path: expect.stringMatching(/^\/abort\/[0-9a-f]{32}\/[0-9a-f]{16}\//),
    })
  }
})

test.each(['starting', 'uploading', 'completing', 'paused', 'failed'] as const)(
  'cancel while %s: nothing at all is sent where abortApi is not configured',
  async (status) => {
    const { stack, upload } = await inStatus(status, { canAbort: false })
    const sent = stack.server.transcript.length
    upload.cancel()
    await expect(upload.done).rejects.toMatchObject({ code: 'cancelled' })
    await quiet(stack)
    expect(stack.server.routes().slice(sent)).toEqual([])
    expect(await stack.objects()).toBe(0)
  },
)

test('cancel when completed changes nothing', async () => {
  const { stack, upload } = await inStatus('completed')
  const sent = stack.server.transcript.length
  upload.cancel()
  await quiet(stack)
  await stack.expectStored(await upload.done, SIZE)
  expect(stack.server.transcript).toHaveLength(sent)
})

test('an abort that fails for a while is asked for again', async () => {
  const { stack, upload } = await inStatus('uploading')
  stack.server.fail('abort', answer(503, { headers: { 'retry-after': '20' } }))
  stack.server.fail('abort', stall)
  upload.cancel()
  await stack.hears('abort')
  stack.clock.pass(19_999)
  await stack.turn()
  expect(stack.server.requests('abort')).toHaveLength(1)
  stack.clock.pass(501)
  await stack.server.until(() => stack.server.requests('abort').length === 2)
  stack.clock.pass(60_000)
  await stack.turn()
  stack.clock.pass(60_000)
  await stack.server.until(() => stack.server.requests('abort')[2]?.status === 204)
  expect(await stack.unfinished()).toEqual([])
  expect(upload.getSnapshot().status).toBe('cancelled')
})

test('an abort that is refused is not asked for again', async () => {
  const { stack, upload } = await inStatus('uploading')
  stack.server.fail('abort', answer(403))
  upload.cancel()
  await stack.hears('abort')
  await quiet(stack)
  expect(stack.server.requests('abort')).toHaveLength(1)
})

test('after cancel the same file can be added again', async () => {
  const { stack, uploader, upload, release } = await inStatus('uploading')
  upload.cancel()
  release()
  await stack.hears('abort')
  const again = await stack.start(uploader, SIZE)
  await stack.expectStored(await stack.finish(again), SIZE)
  expect(uploader.uploads().map((each) => each.getSnapshot().status)).toEqual([
    'cancelled',
    'completed',
  ])
})

test('cancelling all leaves nothing', async () => {
  const { stack, uploader, upload } = await inStatus('uploading')
  const other = await uploader.uploadFile(await stack.file(2000, 'other.bin'))
  uploader.cancel()
  await expect(upload.done).rejects.toMatchObject({ code: 'cancelled' })
  await expect(other.done).rejects.toMatchObject({ code: 'cancelled' })
  await stack.hears('abort')
  await quiet(stack)
  expect(stack.server.requests('abort')).toHaveLength(1)
  expect(await stack.unfinished()).toEqual([])
  expect(uploader.getSnapshot().byStatus.cancelled).toBe(2)
})
