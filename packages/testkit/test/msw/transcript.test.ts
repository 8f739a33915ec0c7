import { createHash } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { viaFetch } from './clients.ts'
import { HASH, mocked } from './fixture.ts'

test('tells of each request what it was and what came of it', async () => {
  const { backend, api } = mocked()
  const { parts, urls, ...upload } = await api.sent('abcdef', { albumId: '42' })
  await api.complete(upload, parts)
  const { key } = upload
  const common = {
    method: 'POST',
    query: '',
    outcome: 'answered',
    status: 200,
    effect: 200,
    faults: [],
  }
  expect(backend.transcript).toMatchObject([
    {
      ...common,
      number: 1,
      route: 'start',
      url: 'http://backend.localhost/start/',
      headers: { 'content-type': 'application/json' },
      json: { fileName: 'a.txt', fileHash: HASH, fileSize: 6, albumId: '42' },
      uploadId: 'upload-1',
      key,
    },
    {
      ...common,
      number: 2,
      route: 'urls',
      json: { key, uploadId: 'upload-1', parts: [1, 2] },
      parts: [1, 2],
      uploadId: 'upload-1',
      key,
    },
    {
      ...common,
      method: 'PUT',
      route: 'put',
      url: urls[0]?.replace(/\?.*/, ''),
      json: undefined,
      bytes: 4,
      md5: createHash('md5').update('abcd').digest('hex'),
      part: 1,
      parts: [1],
      uploadId: 'upload-1',
      key,
    },
    { part: 2, bytes: 2 },
    {
      ...common,
      route: 'complete',
      url: `http://backend.localhost/complete/upload-1/${key}`,
      json: { parts },
      parts: [1, 2],
      uploadId: 'upload-1',
      key,
    },
  ])
})

test('keeps the query of control calls and never that of presigned URLs', async () => {
  const { backend, api } = mocked()
  const [url = ''] = await api.signed(await api.started(), 1)
  await api.put(url, 'abcd')
  await viaFetch(`${backend.config.startUploadApi}?tenant=7`, { body: 'not JSON' })
  expect(backend.transcript.at(-1)).toMatchObject({
    query: '?tenant=7',
    json: undefined,
    status: 400,
  })
  expect(JSON.stringify(backend.transcript)).not.toContain('X-Amz-')
  expect(backend.transcriptText()).not.toContain('X-Amz-')
})

test('decodes keys and ids', async () => {
  const { backend, api } = mocked({ keyFor: () => 'ä b/100%.txt' })
  const { parts, ...upload } = await api.sent('abcdef')
  await api.complete(upload, parts)
  expect(backend.transcript.map(({ key }) => key)).toEqual(Array(5).fill('ä b/100%.txt'))
  await viaFetch(`${backend.config.completeApi}/%zz/%`, { body: '{}' })
  expect(backend.transcript.at(-1)).toMatchObject({ uploadId: '%zz', key: '%', status: 400 })
})

test('has a line for each request', async () => {
  const { backend, api } = mocked()
  backend.on('put', { part: 2 }).respond(503, { code: 'SlowDown' })
  backend.on('complete').loseResponse()
  backend.on('list').reset('before')
  const upload = await api.sent('abcdefghi')
  await api.complete(upload, upload.parts).catch(() => {})
  await api.list(upload).catch(() => {})
  await api.abort(upload)
  await viaFetch('http://backend.localhost/nowhere?a=1', { method: 'GET' })
  const gate = backend.on('start').hold()
  const held = api.start({ fileName: 'b' })
  await gate.reached
  expect(backend.transcriptText()).toBe(
    [
      '1 start a.txt, 9 B -> 200',
      '2 urls upload-1 1-3 -> 200',
      '3 put upload-1 part 1, 4 B -> 200',
      '4 put upload-1 part 2, 4 B -> 503 [503 SlowDown]',
      '5 put upload-1 part 3, 1 B -> 200',
      '6 complete upload-1 1-3 -> broken, done: 400 [lost response]',
      '7 list upload-1 -> broken [reset]',
      '8 abort upload-1 -> 204',
      '9 GET http://backend.localhost/nowhere?a=1 -> 404',
      '10 start b, 6 B -> pending [held]',
    ].join('\n'),
  )
  gate.release()
  await held
})

test('what is not JSON, or other JSON, has no names and breaks nothing', async () => {
  const { backend } = mocked()
  for (const body of [
    '',
    'null',
    '[]',
    '"x"',
    '{"parts":"x","key":1,"uploadId":[]}',
    '{"parts":[null,{}]}',
  ]) {
    const answer = await viaFetch(backend.config.getUploadUrlsApi, { body })
    expect(answer.status).toBe(400)
    expect(backend.transcript.at(-1)).toMatchObject({
      uploadId: undefined,
      key: undefined,
      parts: [],
    })
  }
})

test('next gives out each exchange once, in the order in which they were settled', async () => {
  const { backend, api } = mocked()
  const waiting = backend.next('put')
  const upload = await api.started()
  const [one = '', two = ''] = await api.signed(upload, 1, 2)
  const gate = backend.on('put', { part: 1 }).hold()
  const held = api.put(one, 'abcd')
  await gate.reached
  await api.put(two, 'ef')
  expect(await waiting).toMatchObject({ part: 2, status: 200 })
  gate.release()
  await held
  expect(await backend.next('put')).toMatchObject({ part: 1, status: 200 })
  // The other routes were not touched.
  expect(await backend.next()).toMatchObject({ route: 'start' })
  expect(await backend.next()).toMatchObject({ route: 'urls' })
})

test('next can wait for one part, one upload or whatever else', async () => {
  const { backend, api } = mocked()
  const third = backend.next('put', { part: 3 })
  const other = backend.next('any', { uploadId: 'upload-2' })
  const failed = backend.next('put', { where: ({ status }) => status === 500 })
  backend.on('put', { part: 2 }).respond(500)
  await api.sent('abcdefghi')
  await api.started({ fileName: 'b' })
  expect(await third).toMatchObject({ part: 3 })
  expect(await other).toMatchObject({ route: 'start', uploadId: 'upload-2' })
  expect(await failed).toMatchObject({ part: 2 })
})

test('a reset rejects whoever waits, with what has come until then', async () => {
  const { backend, api } = mocked()
  await api.started()
  const waiting = backend.next('put', { part: 7 })
  const gate = backend.on('put').hold()
  backend.reset()
  await expect(waiting).rejects.toThrow(
    'The mock backend was reset while next() waited for put of part 7. Until then:\n1 start a.txt, 6 B -> 200',
  )
  await expect(gate.reached).rejects.toThrow('reset')
})

test('a reset makes all as it was in the beginning', async () => {
  const { backend, api } = mocked()
  const before = await api.sent('abcdef')
  await api.complete(before, before.parts)
  await api.started({ fileName: 'b' })
  backend.clock.skew({ backend: 1, storage: 1 })
  backend.on('any').always().respond(500)
  const now = backend.clock.backend()
  backend.reset()
  expect(backend.transcript).toEqual([])
  expect(backend.storage.objectKeys()).toEqual([])
  expect(backend.storage.unfinished()).toEqual([])
  expect(backend.clock.backend()).toBe(now - 1)
  expect(backend.clock.storage()).toBe(now - 1)
  expect((await api.started()).uploadId).toBe('upload-1')
  expect(await backend.next()).toMatchObject({ number: 1, status: 200 })
})

test('a request that nobody mocks fails the test', async () => {
  mocked()
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => log.mockRestore())
  await expect(viaFetch('http://127.0.0.1:1/start/')).rejects.toThrow()
  await expect(viaFetch('http://backend.localhost.evil.test/start/')).rejects.toThrow()
  expect(log).toHaveBeenCalledTimes(2)
})
