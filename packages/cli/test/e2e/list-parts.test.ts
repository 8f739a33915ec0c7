import { memoryStore } from '@s3-bg-uploader/core'
import { expect, test } from 'vitest'
import { alterJson, answer, answerJson, dropHeader, loseAnswer } from './faults.ts'
import type { Fault } from './faulty-server.ts'
import { inStatus, SIZE } from './in-status.ts'
import { startStack } from './stack.ts'

const ALWAYS = { times: Number.POSITIVE_INFINITY }

/** Three of four parts are confirmed, and the process is a new one. */
async function nextSession(fault: Fault | undefined) {
  const store = memoryStore()
  const { stack, uploader } = await inStatus('uploading', { store })
  await uploader.close()
  stack.server.mend()
  if (fault !== undefined) stack.server.fail('list', fault, ALWAYS)
  const next = await stack.open({ store, config: { listPartsApi: stack.listPartsApi } })
  const [upload] = next.uploads()
  if (upload === undefined) throw new Error('The upload was forgotten')
  return { stack, upload }
}

test.each<[string, Fault]>([
  ['404', answer(404)],
  ['405', answer(405)],
  ['403', answer(403)],
  ['HTML', answer(200, { body: '<html>' })],
  ['nothing', answer(204)],
  ['no parts', answerJson(200, { parts: [] })],
  ['parts of the wrong form', answerJson(200, { parts: [{ partNumber: 2, etag: 'x' }] })],
  [
    'a part of another size',
    answerJson(200, { parts: [{ PartNumber: 2, ETag: '"x"', Size: 999 }] }),
  ],
  [
    'a part that is not ours',
    answerJson(200, { parts: [{ PartNumber: 99, ETag: '"x"', Size: 1 }] }),
  ],
  [
    'two opinions about a part',
    answerJson(200, {
      parts: [
        { PartNumber: 2, ETag: '"x"', Size: 1000 },
        { PartNumber: 2, ETag: '"y"', Size: 1000 },
      ],
    }),
  ],
])('an answer of %s only means that the missing part is sent', async (_, fault) => {
  const { stack, upload } = await nextSession(fault)
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('list')).toHaveLength(1)
  for (const part of [1, 3, 4]) {
    expect(stack.server.requests('put').filter((put) => put.part === part)).toHaveLength(1)
  }
})

test('what is confirmed is not replaced by what listParts says', async () => {
  const { stack, upload } = await nextSession(
    alterJson(({ parts }) => ({
      parts: (parts as object[]).map((part) => ({ ...part, ETag: '"another"' })),
    })),
  )
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test.each<[string, Fault]>([
  ['500', answer(500)],
  ['a lost answer', loseAnswer],
])('%s is asked again', async (_, fault) => {
  const { stack, upload } = await nextSession(undefined)
  stack.server.fail('list', fault, { times: 2 })
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('list').length).toBeGreaterThan(1)
})

test('when ETags are missing and listParts cannot tell them, the upload fails, and retry() goes on', async () => {
  const stack = await startStack()
  stack.server.fail('put', dropHeader('etag'), ALWAYS)
  stack.server.fail('list', answer(404))
  const uploader = await stack.open({ config: { listPartsApi: stack.listPartsApi } })
  const upload = await stack.start(uploader, SIZE)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code: 'backend_rejected', status: 404, call: 'list' })
  expect(error.hint).toContain('{listPartsApi}/{uploadId}/{key}')
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
})

test('ETags that never come, of parts that listParts never has, end in a failure', async () => {
  const stack = await startStack()
  stack.server.fail('put', answer(200), ALWAYS)
  const uploader = await stack.open({ config: { listPartsApi: stack.listPartsApi } })
  const upload = await stack.start(uploader, SIZE)
  expect(await stack.failure(upload)).toMatchObject({ code: 'etag_missing', status: 200 })
  stack.server.mend()
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
})
