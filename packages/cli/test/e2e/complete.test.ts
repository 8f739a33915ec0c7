import { request } from 'node:http'
import { expect, test } from 'vitest'
import { answer, answerJson, answerXml, Gate, loseAnswer } from './faults.ts'
import { patternOf, reach, startStack } from './stack.ts'

const SIZE = 3500
const GONE = answerJson(404, { code: 'NoSuchUpload', message: 'There is no such upload' })

test('it is called once, when all parts are there, with the parts in order', async () => {
  const stack = await startStack()
  const gates = [1, 2, 3, 4].map((part) => {
    const gate = new Gate()
    stack.server.fail('put', gate.hold, { part })
    return gate
  })
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.server.until(() => gates.every(({ held }) => held === 1))
  for (const [done, gate] of gates.reverse().entries()) {
    expect(stack.server.requests('complete')).toEqual([])
    gate.open()
    await reach(upload, ({ confirmedParts }) => confirmedParts === done + 1)
  }
  await stack.expectStored(await stack.finish(upload), SIZE)
  const [complete, ...more] = stack.server.requests('complete')
  expect(more).toEqual([])
  expect(complete?.body).toMatchObject({
    parts: [1, 2, 3, 4].map((number) => ({ PartNumber: number })),
  })
})

test('an answer that was lost is asked for again, and the object is there once', async () => {
  const stack = await startStack()
  stack.server.fail('complete', loseAnswer)
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  const [first, second, ...more] = stack.server.requests('complete')
  expect(more).toEqual([])
  expect(second?.body).toEqual(first?.body)
  expect(await stack.objects()).toBe(1)
  expect(await stack.unfinished()).toEqual([])
})

test.each([
  ['a lost answer', loseAnswer],
  ['a 500', answer(500)],
])('NoSuchUpload after %s is uncertain, and retry() asks again', async (_, fault) => {
  const stack = await startStack()
  stack.server.fail('complete', fault)
  stack.server.fail('complete', GONE)
  const upload = await stack.start(await stack.open(), SIZE)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code: 'complete_uncertain', call: 'complete', retryable: true })
  expect(error.hint).toContain('listPartsApi')
  expect(stack.server.requests('start')).toHaveLength(1)
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
  expect(stack.server.requests('start')).toHaveLength(1)
})

test('listParts settles it where the upload is still there', async () => {
  const stack = await startStack()
  stack.server.fail('complete', answer(500))
  stack.server.fail('complete', GONE)
  const uploader = await stack.open({ config: { listPartsApi: stack.listPartsApi } })
  const upload = await stack.start(uploader, SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.routes().slice(-4)).toEqual(['complete', 'complete', 'list', 'complete'])
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
})

test('where listParts does not know it either it stays uncertain, until retry() hears that it is done', async () => {
  const stack = await startStack()
  stack.server.fail('complete', loseAnswer)
  stack.server.fail('complete', GONE)
  const uploader = await stack.open({ config: { listPartsApi: stack.listPartsApi } })
  const upload = await stack.start(uploader, SIZE)
  expect(await stack.failure(upload)).toMatchObject({ code: 'complete_uncertain', call: 'list' })
  stack.server.fail('complete', GONE)
  upload.retry()
  expect(await stack.failure(upload)).toMatchObject({ code: 'complete_uncertain', call: 'list' })
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.routes().slice(-6)).toEqual([
    ...['complete', 'complete', 'list'],
    ...['complete', 'list', 'complete'],
  ])
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
  expect(stack.server.requests('start')).toHaveLength(1)
  expect(await stack.objects()).toBe(1)
})

test('NoSuchUpload at the first call begins again at start', async () => {
  const stack = await startStack()
  stack.server.fail('complete', (exchange) => {
    void stack.forgetUploads().then(exchange.pass)
  })
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('start')).toHaveLength(2)
  expect(stack.server.requests('complete').map(({ status }) => status)).toEqual([404, 200])
})

test.each([
  ['the JSON of our backend', answerJson(400, { code: 'InvalidPart', message: 'no' })],
  ['the XML of S3', answerXml(400, 'InvalidPart')],
])('InvalidPart fails, and retry() sends everything anew, in %s', async (_, fault) => {
  const stack = await startStack()
  stack.server.fail('complete', fault)
  const upload = await stack.start(await stack.open(), SIZE)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code: 'backend_rejected', status: 400, call: 'complete' })
  expect(error.message).toContain('InvalidPart')
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('start')).toHaveLength(2)
})

test('a part that somebody replaced is found out, and nothing is completed', async () => {
  const stack = await startStack()
  const gate = new Gate()
  stack.server.fail('complete', gate.hold)
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.server.until(() => gate.held === 1)
  const put = stack.server.requests('put').find(({ part }) => part === 2)
  await new Promise((resolve) => {
    const options = { method: 'PUT', agent: false, headers: { 'content-length': 1000 } }
    request(`${stack.server.origin}${put?.path}`, options, resolve).end(patternOf(1000, 7))
  })
  gate.open()
  expect(await stack.failure(upload)).toMatchObject({ code: 'backend_rejected', status: 400 })
  expect(await stack.objects()).toBe(0)
})
