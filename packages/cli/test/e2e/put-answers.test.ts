import type { ErrorCode } from '@s3-bg-uploader/core'
import { expect, test } from 'vitest'
import {
  alterJson,
  answer,
  answerEarly,
  answerXml,
  dropHeader,
  Gate,
  loseAnswer,
  repeatHeader,
  resetAfter,
  resetBefore,
  resetDuring,
  stall,
  stallUnread,
} from './faults.ts'
import type { Fault } from './faulty-server.ts'
import { reach, type Stack, startStack } from './stack.ts'

const SIZE = 3500
const ALWAYS = { times: Number.POSITIVE_INFINITY }

/** The parts of each urls call. */
function asked(stack: Stack): unknown[] {
  return stack.server.requests('urls').map(({ body }) => body?.parts)
}

test.each<[string, Fault]>([
  ['500', answerXml(500, 'InternalError')],
  ['503', answerXml(503, 'SlowDown')],
  ['408', answer(408)],
  ['429', answer(429)],
  ['400 RequestTimeout', answerXml(400, 'RequestTimeout')],
  ['503 before the body is read', answerEarly(503)],
  ['a reset at once', resetBefore],
  ['a reset during the body', resetDuring],
  ['a reset when all is sent', resetAfter],
  ['an answer that is lost', loseAnswer],
])('a part is sent again, to the same URL, after %s', async (_, fault) => {
  const stack = await startStack()
  stack.server.fail('put', fault, { part: 2, times: 2 })
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  const puts = stack.server.requests('put').filter(({ part }) => part === 2)
  expect(puts.map(({ at }) => at)).toEqual([0, 250, 750])
  expect(new Set(puts.map(({ path }) => path)).size).toBe(1)
  expect(asked(stack)).toEqual([[1, 2, 3, 4]])
  expect(stack.server.requests('put')).toHaveLength(6)
})

test('a large part is sent again after a reset in the middle of it', async () => {
  const size = 24 * 1024 * 1024
  const stack = await startStack({ partSize: size / 2 })
  stack.server.fail('put', resetDuring, { part: 1 })
  const upload = await stack.start(await stack.open(), size)
  await stack.expectStored(await stack.finish(upload), size)
  const [first, second] = stack.server.requests('put').filter(({ part }) => part === 1)
  expect(first?.bytes).toBeLessThan(size / 2)
  expect(second?.bytes).toBe(size / 2)
})

test('an answer of 403 that comes before a large part is read is heard', async () => {
  const size = 24 * 1024 * 1024
  const stack = await startStack({ partSize: size / 2 })
  stack.server.fail('put', answerEarly(403), { part: 1 })
  const upload = await stack.start(await stack.open(), size)
  await stack.expectStored(await stack.finish(upload), size)
  expect(asked(stack)).toEqual([[1, 2], [1]])
})

test('Retry-After is honoured', async () => {
  const stack = await startStack()
  stack.server.fail('put', answer(503, { headers: { 'Retry-After': '40' } }), { part: 3 })
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  const times = stack.server.requests('put').map(({ at }) => at)
  expect(times.slice(0, 4)).toEqual([0, 0, 0, 0])
  expect(times[4]).toBeGreaterThanOrEqual(40_000)
  expect(times).toHaveLength(5)
})

test.each<[string, Fault, ErrorCode, number | undefined]>([
  ['500', answer(500), 'storage_unavailable', 500],
  ['503', answer(503), 'storage_unavailable', 503],
  ['403', answerXml(403, 'AccessDenied'), 'storage_rejected', 403],
  ['403 before the body is read', answerEarly(403), 'storage_rejected', 403],
  ['400 ExpiredToken', answerXml(400, 'ExpiredToken'), 'storage_rejected', 400],
  ['a reset during the body', resetDuring, 'network_failed', undefined],
  ['a lost answer', loseAnswer, 'network_failed', undefined],
])('a part that gets %s for ever fails after ten attempts', async (_, fault, code, status) => {
  const stack = await startStack()
  stack.server.fail('put', fault, { ...ALWAYS, part: 2 })
  const upload = await stack.start(await stack.open(), SIZE)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code, status, part: 2, call: undefined })
  expect(JSON.stringify([error.message, error.hint])).not.toContain('X-Amz')
  const puts = stack.server.requests('put').filter(({ part }) => part === 2)
  expect(puts).toHaveLength(10)
  const others = stack.server.requests('put').filter(({ part }) => part !== 2)
  expect(others.map(({ part }) => part).sort()).toEqual([1, 3, 4])
  expect(stack.server.requests('complete')).toEqual([])
  if (code === 'storage_rejected') {
    // Every attempt had a URL of its own.
    expect(asked(stack)).toEqual([[1, 2, 3, 4], ...Array(9).fill([2])])
  }
  stack.server.mend()
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
})

test('403 once brings a fresh URL at once', async () => {
  const stack = await startStack()
  stack.server.fail('put', answerXml(403, 'AccessDenied'), { part: 2 })
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(asked(stack)).toEqual([[1, 2, 3, 4], [2]])
  expect(stack.server.requests('put').map(({ at }) => at)).toEqual([0, 0, 0, 0, 0])
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
})

test.each([400, 405, 411, 412, 413])('%s fails at once', async (status) => {
  const stack = await startStack()
  stack.server.fail('put', answerXml(status, 'Nope'), { part: 2 })
  const upload = await stack.start(await stack.open(), SIZE)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code: 'storage_rejected', status, part: 2, retryable: false })
  expect(error.message).toContain(`${status} (Nope)`)
  stack.server.mend()
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.takenParts()).toEqual([...new Set(stack.server.takenParts())])
})

test.each([301, 302, 304, 307])('a redirect by %s is not followed', async (status) => {
  const stack = await startStack()
  stack.server.fail('put', answer(status, { headers: { location: `${stack.server.origin}/x` } }))
  const upload = await stack.start(await stack.open(), 10)
  expect(await stack.failure(upload)).toMatchObject({ code: 'storage_rejected', status, part: 1 })
})

test('many failing parts are not tried all at once', async () => {
  const stack = await startStack()
  stack.server.fail('put', answer(503), ALWAYS)
  const upload = await stack.start(await stack.open({ concurrency: 2 }), 10_000)
  const failing = stack.failure(upload)
  expect(await failing).toMatchObject({ code: 'storage_unavailable', status: 503 })
  const parts = new Set(stack.server.requests('put').map(({ part }) => part))
  expect([...parts].sort()).toEqual([1, 2])
  stack.server.mend()
  upload.retry()
  await stack.expectStored(await stack.finish(upload), 10_000)
})

test.each<[string, Fault]>([
  ['after the body', stall],
  ['with the body unread', stallUnread],
])('a PUT that stands still for 60 s %s is given up and sent again', async (_, fault) => {
  const stack = await startStack()
  stack.server.fail('put', fault, { part: 2 })
  const upload = await stack.start(await stack.open(), SIZE)
  await reach(upload, ({ confirmedParts, sentBytes }) => confirmedParts === 3 && sentBytes === SIZE)
  stack.clock.pass(59_999)
  await stack.turn()
  expect(upload.getSnapshot()).toMatchObject({ status: 'uploading', partsInFlight: 1 })
  stack.clock.pass(1)
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('put').filter(({ part }) => part === 2)).toHaveLength(2)
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
})

test('a PUT that stalls for ever fails after ten attempts', async () => {
  const stack = await startStack()
  stack.server.fail('put', stall, { ...ALWAYS, part: 4 })
  const upload = await stack.start(await stack.open(), SIZE)
  const failing = stack.failure(upload)
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    await reach(
      upload,
      ({ partsInFlight, confirmedParts }) => partsInFlight === 1 && confirmedParts === 3,
    )
    const puts = () => stack.server.requests('put').filter(({ part }) => part === 4)
    await stack.server.until(() => puts()[attempt - 1]?.bytes === 500)
    await stack.turn()
    stack.clock.pass(60_000)
  }
  expect(await failing).toMatchObject({ code: 'stalled', part: 4, retryable: true })
  stack.server.mend()
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
})

test('a PUT that makes progress, however slowly, goes on', async () => {
  const size = 16 * 1024 * 1024
  const stack = await startStack({ partSize: size })
  let read = 0
  stack.server.fail('put', ({ request, response }) => {
    request.on('data', (chunk: Buffer) => {
      read += chunk.length
      // Half a minute for every few hundred kilobytes.
      stack.clock.pass(1000)
      if (read < size) return
      response.writeHead(200, { etag: '"slow"' })
      response.end()
    })
  })
  stack.server.fail('complete', answer(200))
  const upload = await stack.start(await stack.open(), size)
  expect((await stack.finish(upload)).status).toBe('completed')
  expect(stack.clock.now()).toBeGreaterThan(120_000)
  expect(stack.server.requests('put')).toHaveLength(1)
})

test('a 2xx without an ETag fails with a hint at CORS', async () => {
  const stack = await startStack()
  stack.server.fail('put', dropHeader('etag'), { part: 2 })
  const upload = await stack.start(await stack.open(), SIZE)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code: 'etag_missing', status: 200, part: 2, retryable: false })
  expect(error.hint).toContain('ExposeHeaders: ["ETag"]')
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test('ETags that are missing are asked of listParts, and no part is sent again', async () => {
  const stack = await startStack()
  stack.server.fail('put', dropHeader('etag'), ALWAYS)
  const uploader = await stack.open({ config: { listPartsApi: stack.listPartsApi } })
  const upload = await stack.start(uploader, SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('list')).toHaveLength(1)
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
})

test('parts that listParts does not know are sent again', async () => {
  const stack = await startStack()
  stack.server.fail('put', answer(200), { part: 3 })
  const uploader = await stack.open({ config: { listPartsApi: stack.listPartsApi } })
  const upload = await stack.start(uploader, SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('put').filter(({ part }) => part === 3)).toHaveLength(2)
})

test('an ETag that comes twice and is the same is one', async () => {
  const stack = await startStack()
  stack.server.fail('put', repeatHeader('etag'), ALWAYS)
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test("ETags go back with their quotes where etag is 'verbatim'", async () => {
  const stack = await startStack()
  const upload = await stack.start(await stack.open({ config: { etag: 'verbatim' } }), SIZE)
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('complete')[0]?.body?.parts).toContainEqual({
    PartNumber: 1,
    ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
  })
})

test('a PUT to a port where nothing listens fails, and retry() asks for another URL', async () => {
  const stack = await startStack()
  stack.server.fail(
    'urls',
    alterJson(() => ({ urls: { 1: 'http://127.0.0.1:1/bucket/key?X-Amz-Signature=secret' } })),
  )
  const upload = await stack.start(await stack.open(), 10)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code: 'network_failed', part: 1, retryable: true })
  expect(error.message).toContain('ECONNREFUSED')
  expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain('secret')
  upload.retry()
  await stack.expectStored(await stack.finish(upload), 10)
})

test('NoSuchUpload begins again at start', async () => {
  const stack = await startStack()
  const gate = new Gate()
  stack.server.fail('put', gate.hold, { part: 4 })
  const uploader = await stack.open()
  const upload = await stack.start(uploader, SIZE)
  await reach(upload, ({ confirmedParts }) => confirmedParts === 3)
  await stack.forgetUploads()
  gate.open()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('start')).toHaveLength(2)
  expect(stack.server.takenParts()).toEqual([1, 1, 2, 2, 3, 3, 4])
  expect(stack.server.requests('complete')).toHaveLength(1)
})

test('NoSuchUpload from urls begins again at start', async () => {
  const stack = await startStack()
  const gate = new Gate()
  stack.server.fail('urls', gate.hold)
  const upload = await stack.start(await stack.open(), SIZE)
  await stack.server.until(() => gate.held === 1)
  await stack.forgetUploads()
  gate.open()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.requests('start')).toHaveLength(2)
})

test('NoSuchUpload for ever fails after four starts', async () => {
  const stack = await startStack()
  stack.server.fail('put', answerXml(404, 'NoSuchUpload'), ALWAYS)
  const upload = await stack.start(await stack.open(), SIZE)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code: 'upload_lost', status: 404, retryable: true })
  expect(stack.server.requests('start')).toHaveLength(4)
  stack.server.mend()
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test.each([
  ['with clocks that agree', 0],
  ['of a server whose clock is an hour ahead', 3_600_000],
  ['of a server whose clock is an hour behind', -3_600_000],
])('URLs %s are not used once they have expired', async (_, skewMs) => {
  const stack = await startStack({ urlTtlSeconds: 10, skewMs })
  const gate = new Gate()
  stack.server.fail('put', gate.hold, { part: 1 })
  const upload = await stack.start(await stack.open({ concurrency: 1 }), SIZE)
  await stack.server.until(() => gate.held === 1)
  stack.clock.pass(11_000)
  // The server looks at the expiry of the first URL only now; the others wait in the client.
  gate.open()
  await stack.expectStored(await stack.finish(upload), SIZE)
  const refused = stack.server.requests('put').filter(({ status }) => status !== 200)
  expect(refused.map(({ part }) => part)).toEqual([1])
  expect(asked(stack)[0]).toEqual([1, 2, 3, 4])
  expect(asked(stack).slice(1).flat()).toEqual(expect.arrayContaining([1, 2, 3, 4]))
})

test('URLs that have expired when they come fail in the end', async () => {
  const stack = await startStack({ urlTtlSeconds: 10 })
  stack.server.fail(
    'urls',
    alterJson(({ urls }) => ({
      urls: Object.fromEntries(
        Object.entries(urls as Record<string, string>).map(([part, url]) => [
          part,
          url.replace(/X-Amz-Date=\d{8}/, 'X-Amz-Date=20200101'),
        ]),
      ),
    })),
    ALWAYS,
  )
  const upload = await stack.start(await stack.open(), SIZE)
  const error = await stack.failure(upload)
  expect(error).toMatchObject({ code: 'response_invalid', call: 'urls' })
  expect(error.message).toContain('compare the clocks')
  expect(stack.server.requests('urls')).toHaveLength(10)
  expect(stack.server.requests('put')).toEqual([])
  stack.server.mend()
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
})

test('neither the transcript of a PUT nor its headers hold anything of the control calls', async () => {
  const stack = await startStack()
  const uploader = await stack.open({
    config: { headers: { authorization: 'Bearer t', 'x-tenant': 'a' } },
  })
  const upload = await stack.start(uploader, SIZE)
  await stack.finish(upload)
  for (const { headers, method } of stack.server.requests('put')) {
    expect(method).toBe('PUT')
    expect(Object.keys(headers).sort()).toEqual(['connection', 'content-length', 'host'])
  }
  for (const route of ['start', 'urls', 'complete'] as const) {
    for (const { headers, method } of stack.server.requests(route)) {
      expect(method).toBe('POST')
      expect(headers).toMatchObject({ authorization: 'Bearer t', 'x-tenant': 'a' })
    }
  }
})
