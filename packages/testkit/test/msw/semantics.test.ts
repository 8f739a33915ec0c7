import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { clients, viaFetch } from './clients.ts'
import { bodyOf, codeOf, mocked, NOW, textOf } from './fixture.ts'

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const MIB = 1024 * 1024

describe.each(clients)('by $name', ({ client }) => {
  test('a file goes from start to complete', async () => {
    const { backend, api } = mocked({}, client)
    const upload = await api.sent('abcdef')
    expect(upload.parts).toEqual([
      { PartNumber: 1, ETag: `"${md5('abcd')}"` },
      { PartNumber: 2, ETag: `"${md5('ef')}"` },
    ])
    expect(bodyOf(await api.list(upload))).toEqual({
      parts: [
        { PartNumber: 1, ETag: `"${md5('abcd')}"`, Size: 4 },
        { PartNumber: 2, ETag: `"${md5('ef')}"`, Size: 2 },
      ],
    })
    expect((await api.complete(upload, upload.parts)).status).toBe(200)
    expect(textOf(backend.storage.object(upload.key))).toBe('abcdef')
    const whole = createHash('md5').update(md5('abcd') + md5('ef'), 'hex')
    expect(backend.storage.objectEtag(upload.key)).toBe(`${whole.digest('hex')}-2`)
    expect(backend.storage.unfinished()).toEqual([])
  })

  test('every answer has the Date of its server', async () => {
    const { backend, api } = mocked({}, client)
    backend.clock.skew({ backend: 60_000, storage: -60_000 })
    const started = await api.start()
    expect(started.headers.date).toEqual([new Date(NOW + 60_000).toUTCString()])
    const [url = ''] = await api.signed(bodyOf(started), 1)
    const put = await api.put(url, 'abcd')
    expect(put.headers.date).toEqual([new Date(NOW - 60_000).toUTCString()])
  })

  test('a URL that was altered is refused', async () => {
    const { api } = mocked({}, client)
    const [url = ''] = await api.signed(await api.started(), 1)
    const altered = [
      url.replace('partNumber=1', 'partNumber=2'),
      url.replace('X-Amz-Expires=3600', 'X-Amz-Expires=7200'),
      url.replace(/X-Amz-Date=2026/, 'X-Amz-Date=2036'),
      url.replace('upload-1', 'upload-2'),
      url.replace('a.txt', 'b.txt'),
      url.replace('%2F', '/'),
      `${url}&x=1`,
      url.replace(/\?.*/, ''),
    ]
    for (const one of altered) {
      expect(one).not.toBe(url)
      const answer = await api.put(one, 'abcd')
      expect([answer.status, codeOf(answer)]).toEqual([403, 'SignatureDoesNotMatch'])
    }
    expect((await api.put(url, 'abcd')).status).toBe(200)
  })

  test('a body longer than its part is refused and leaves the earlier one', async () => {
    const { api } = mocked({}, client)
    const upload = await api.started()
    const [url = ''] = await api.signed(upload, 1)
    await api.put(url, 'abcd')
    const answer = await api.put(url, 'abcde')
    expect([answer.status, codeOf(answer)]).toEqual([400, 'EntityTooLarge'])
    expect(bodyOf(await api.list(upload))).toMatchObject({ parts: [{ ETag: `"${md5('abcd')}"` }] })
  })
})

test('presigned URLs look like those of S3 and lead to another origin', async () => {
  const { api } = mocked({ keyFor: () => "a b/ü+(1)'!.txt" })
  const upload = await api.started()
  const [url = ''] = await api.signed(upload, 2)
  const { origin, pathname, searchParams } = new URL(url)
  expect(origin).toBe('http://storage.localhost')
  expect(pathname).toBe('/parts/a%20b/%C3%BC%2B%281%29%27%21.txt')
  expect(Object.fromEntries(searchParams)).toEqual({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
    'X-Amz-Credential': 'mock/20260102/us-east-1/s3/aws4_request',
    'X-Amz-Date': '20260102T030405Z',
    'X-Amz-Expires': '3600',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    'X-Amz-SignedHeaders': 'host',
    partNumber: '2',
    uploadId: 'upload-1',
    'x-id': 'UploadPart',
  })
  expect((await api.put(url, 'ef')).status).toBe(200)
})

test('a part may be put only where the storage is', async () => {
  const { api } = mocked()
  const [url = ''] = await api.signed(await api.started(), 1)
  const answer = await api.put(url.replace('storage.localhost', 'backend.localhost'), 'abcd')
  expect(answer.status).toBe(404)
})

test('addresses can be chosen, with paths', async () => {
  const { backend, api } = mocked({
    backendUrl: 'http://127.0.0.1:8080/api/v1/',
    storageUrl: 'http://127.0.0.1:9000/minio',
  })
  const upload = await api.sent('abcdef')
  expect((await api.complete(upload, upload.parts)).status).toBe(200)
  expect(backend.transcript.map(({ url }) => url)).toEqual([
    'http://127.0.0.1:8080/api/v1/start/',
    'http://127.0.0.1:8080/api/v1/urls/',
    'http://127.0.0.1:9000/minio/parts/0123456789abcdef/a.txt',
    'http://127.0.0.1:9000/minio/parts/0123456789abcdef/a.txt',
    'http://127.0.0.1:8080/api/v1/complete/upload-1/0123456789abcdef/a.txt',
  ])
  expect(() =>
    mocked({ backendUrl: 'http://a.localhost', storageUrl: 'http://a.localhost/s3' }),
  ).toThrow(RangeError)
})

test('a URL is good until it expires, by the clock of the storage', async () => {
  const { backend, clock, api } = mocked({ urlTtlSeconds: 60 })
  const [url = ''] = await api.signed(await api.started(), 1)
  clock.advance(59_999)
  expect((await api.put(url, 'abcd')).status).toBe(200)
  clock.advance(1)
  const expired = await api.put(url, 'abcd')
  expect([expired.status, codeOf(expired)]).toEqual([403, 'AccessDenied'])
  expect(expired.text).toContain('<Message>Request has expired</Message>')
  expect(expired.headers['content-type']).toEqual(['application/xml'])
  backend.clock.skew({ storage: -1 })
  expect((await api.put(url, 'abcd')).status).toBe(200)
})

test('a backend whose clock is behind signs URLs that have expired', async () => {
  const { backend, api } = mocked({ urlTtlSeconds: 60 })
  backend.clock.skew({ backend: -60_000 })
  const [url = ''] = await api.signed(await api.started(), 1)
  expect(url).toContain('X-Amz-Date=20260102T030305Z')
  expect(codeOf(await api.put(url, 'abcd'))).toBe('AccessDenied')
})

test.each([0, 1.5, 604_801, Number.NaN])('a URL cannot be good for %d seconds', (urlTtlSeconds) => {
  expect(() => mocked({ urlTtlSeconds })).toThrow(RangeError)
})

test('the last write of a part wins', async () => {
  const { backend, api } = mocked()
  const { urls, parts, ...upload } = await api.sent('abcdef')
  const again = await api.put(urls[0] ?? '', 'ABCD')
  const stale = await api.complete(upload, parts)
  expect([stale.status, codeOf(stale)]).toEqual([400, 'InvalidPart'])
  const fresh = [{ PartNumber: 1, ETag: again.headers.etag?.[0] ?? '' }, ...parts.slice(1)]
  expect((await api.complete(upload, fresh)).status).toBe(200)
  expect(textOf(backend.storage.object(upload.key))).toBe('ABCDef')
})

test('complete can be repeated, but only with the same parts', async () => {
  const { backend, api } = mocked()
  const { parts, ...upload } = await api.sent('abcdef')
  expect((await api.complete(upload, parts)).status).toBe(200)
  expect((await api.complete(upload, parts)).status).toBe(200)
  expect(codeOf(await api.complete(upload, parts.slice(0, 1)))).toBe('InvalidPart')
  expect(backend.storage.objectKeys()).toEqual([upload.key])
})

test('what is completed, aborted, lost or unknown is no upload', async () => {
  const { backend, api } = mocked()
  const completed = await api.sent('abcdef')
  await api.complete(completed, completed.parts)
  const aborted = await api.sent('bcdefg', { fileName: 'b' })
  expect((await api.abort(aborted)).status).toBe(204)
  const lost = await api.sent('cdefgh', { fileName: 'c' })
  expect(backend.storage.forget(lost.uploadId)).toBe(true)
  expect(backend.storage.forget(lost.uploadId)).toBe(false)
  const unknown = { ...lost, uploadId: 'upload-99', urls: [] }
  for (const upload of [completed, aborted, lost, unknown]) {
    const answers = [
      await api.list(upload),
      await api.urls(upload, [1]),
      await api.abort(upload),
      ...(upload === completed ? [] : [await api.complete(upload, upload.parts)]),
      ...(await Promise.all(upload.urls.map((url) => api.put(url, 'abcd')))),
    ]
    for (const answer of answers) {
      expect([answer.status, codeOf(answer)]).toEqual([404, 'NoSuchUpload'])
    }
  }
})

test('the parts of a complete call must be there, in order, with their ETags', async () => {
  const { api } = mocked()
  const { parts, ...upload } = await api.sent('abcdef')
  const [first, second] = parts
  const refusals: [readonly object[], string][] = [
    [[second ?? {}, first ?? {}], 'InvalidPartOrder'],
    [[first ?? {}, first ?? {}], 'InvalidPartOrder'],
    [[{ ...first, ETag: md5('other') }, second ?? {}], 'InvalidPart'],
    [[{ ...first, ETag: 'odd' }, second ?? {}], 'InvalidPart'],
    [[first ?? {}], 'InvalidPart'],
    [[...parts, { PartNumber: 3, ETag: md5('') }], 'InvalidPart'],
    [[], 'InvalidRequest'],
    [[{ ...first, PartNumber: 10_001 }], 'InvalidRequest'],
  ]
  for (const [given, code] of refusals) {
    const answer = await api.complete(upload, given)
    expect([answer.status, codeOf(answer)]).toEqual([400, code])
  }
})

test('a part that is not the last must have 5 MiB', async () => {
  const { api } = mocked({ partSize: 5 * MIB })
  const { parts, ...upload } = await api.sent('x'.repeat(5 * MIB + 1))
  expect((await api.complete(upload, parts)).status).toBe(200)

  const small = await api.started({ fileName: 'small', fileSize: 5 * MIB + 1 })
  const [one = '', two = ''] = await api.signed(small, 1, 2)
  const tags = []
  for (const [url, body] of [
    [one, 'x'.repeat(5 * MIB - 1)],
    [two, 'x'],
  ] as const) {
    const { headers } = await api.put(url, body)
    tags.push({ PartNumber: tags.length + 1, ETag: headers.etag?.[0] ?? '' })
  }
  expect(codeOf(await api.complete(small, tags))).toBe('EntityTooSmall')
})

test('the least size of a part can be chosen', async () => {
  const { api } = mocked({ partSize: 4, minPartSize: 5 })
  const { parts, ...upload } = await api.sent('abcdef')
  expect(codeOf(await api.complete(upload, parts))).toBe('EntityTooSmall')
})

test('without the plan it makes a shorter object of fewer parts, as S3 does', async () => {
  const { backend, api } = mocked({ checkPlan: false })
  const { parts, urls, ...upload } = await api.sent('abcdef')
  expect((await api.put(urls[1] ?? '', 'longer than planned')).status).toBe(200)
  expect((await api.complete(upload, parts.slice(0, 1))).status).toBe(200)
  expect(textOf(backend.storage.object(upload.key))).toBe('abcd')
})

test('an empty file is one empty part', async () => {
  const { backend, api } = mocked()
  const { parts, ...upload } = await api.sent('')
  expect(parts).toEqual([{ PartNumber: 1, ETag: `"${md5('')}"` }])
  expect((await api.complete(upload, parts)).status).toBe(200)
  expect(backend.storage.object(upload.key)).toEqual(new Uint8Array())
})

test('there are 10,000 parts and no more', async () => {
  const { backend, api } = mocked({ partSize: 1 })
  const upload = await api.started({ fileSize: 10_000 })
  const [url = ''] = await api.signed(upload, 10_000)
  expect((await api.put(url, 'x')).status).toBe(200)
  expect(backend.storage.unfinished()).toMatchObject([{ partNumbers: [10_000] }])
  const answer = await api.urls(upload, [10_001])
  expect([answer.status, codeOf(answer)]).toEqual([400, 'InvalidRequest'])
})

test('a repeated start goes on with the upload', async () => {
  const { api } = mocked()
  const { uploadId } = await api.started()
  expect((await api.started()).uploadId).toBe(uploadId)
  expect((await api.started({ albumId: '42' })).uploadId).not.toBe(uploadId)
  expect((await api.started({ nested: { b: [1], a: 2 } })).uploadId).toBe(
    (await api.started({ nested: { a: 2, b: [1] } })).uploadId,
  )
})

test('a repeated start makes a new upload where S3 is to be mocked without a memory', async () => {
  const { api } = mocked({ resumeStarts: false })
  const { uploadId } = await api.started()
  expect((await api.started()).uploadId).not.toBe(uploadId)
})

test('uploads belong to whoever started them', async () => {
  const { backend, api } = mocked({
    authorize: ({ headers }) => {
      const id = headers.get('authorization')
      return id === null ? undefined : { id }
    },
  })
  expect((await api.start()).status).toBe(401)
  const as = (id: string, path: string, body: object) =>
    viaFetch(path, { headers: { authorization: id }, body: JSON.stringify(body) })
  const { startUploadApi, getUploadUrlsApi } = backend.config
  const file = { fileName: 'a', fileHash: '0'.repeat(16), fileSize: 1 }
  const { key, uploadId } = bodyOf(await as('ann', startUploadApi, file))
  const urls = { key, uploadId, parts: [1] }
  expect((await as('ann', getUploadUrlsApi, urls)).status).toBe(200)
  expect((await as('eve', getUploadUrlsApi, urls)).status).toBe(404)
})

test('a page of another origin sees the ETag', async () => {
  const { backend, api } = mocked()
  const [url = ''] = await api.signed(await api.started(), 1)
  const put = await api.put(url, 'abcd', { origin: 'http://app.localhost' })
  expect(put.headers['access-control-allow-origin']).toEqual(['*'])
  expect(put.headers['access-control-expose-headers']).toEqual([expect.stringMatching(/^ETag\b/)])
  backend.on('put').respond(503)
  const refused = await api.put(url, 'abcd', { origin: 'http://app.localhost' })
  expect(refused.headers['access-control-allow-origin']).toEqual(['*'])
  const preflight = await viaFetch(url, {
    method: 'OPTIONS',
    headers: { origin: 'http://app.localhost', 'access-control-request-method': 'PUT' },
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers['access-control-allow-methods']).toEqual(['POST, PUT'])
  expect(backend.transcript.map(({ route }) => route)).toEqual(['start', 'urls', 'put', 'put'])
})

test('a bucket that does not expose the ETag keeps it to itself', async () => {
  const { api } = mocked({ exposeEtag: false })
  const upload = await api.started()
  const [url = ''] = await api.signed(upload, 1)
  const put = await api.put(url, 'abcd', { origin: 'http://app.localhost' })
  expect(put.status).toBe(200)
  expect(put.headers).not.toHaveProperty('etag')
  expect(put.headers).not.toHaveProperty('access-control-expose-headers')
  expect(bodyOf(await api.list(upload))).toMatchObject({ parts: [{ ETag: `"${md5('abcd')}"` }] })
})
