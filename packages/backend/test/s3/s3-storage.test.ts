import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { describe, expect, test, vi } from 'vitest'
import { createUploadHandler, type NewUpload } from '../../src/index.ts'
import { type S3StorageOptions, s3Storage } from '../../src/s3/index.ts'
import { addressOf, BASE, HASH } from '../fixture.ts'
import { BUCKET, errorXml, KEYS, md5, partXml, SmallS3, xml } from './small-s3.ts'

/** A handler on a bucket of its own; the SDK does not ask again, so that each test sees each answer. */
async function backend(
  options: Partial<S3StorageOptions> = {},
  config: S3ClientConfig = {},
  key?: string,
) {
  const s3 = new SmallS3()
  await s3.listen()
  const client = clientOf({ endpoint: s3.endpoint, ...config })
  const storage = s3Storage({ client, bucket: BUCKET, ...options })
  const errors: unknown[] = []
  const handler = createUploadHandler({
    storage,
    authorize: () => ({ id: 'ann' }),
    partSizeFor: () => 4,
    onError: (error) => errors.push(error),
    ...(key === undefined ? {} : { keyFor: () => key }),
  })

  async function post(path: string, body: unknown = {}) {
    const init = { method: 'POST', body: JSON.stringify(body) }
    const response = await handler(new Request(BASE + path, init))
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), response }
  }

  async function start(fileName = 'a.mov') {
    const { body } = await post('/start', { fileName, fileHash: HASH, fileSize: 6 })
    return body as { key: string; uploadId: string }
  }

  async function urls(upload: { key: string; uploadId: string }, parts: number[]) {
    const { body } = await post('/urls', { ...upload, parts })
    return body.urls as Record<string, string>
  }

  /** Starts an upload and sends its two parts. */
  async function sent(fileName?: string) {
    const upload = await start(fileName)
    const signed = await urls({ key: upload.key, uploadId: upload.uploadId }, [1, 2])
    const parts = []
    for (const [PartNumber, body] of [
      [1, 'abcd'],
      [2, 'ef'],
    ] as const) {
      const answer = await fetch(signed[PartNumber] ?? '', { method: 'PUT', body })
      parts.push({ PartNumber, ETag: answer.headers.get('etag')?.replaceAll('"', '') })
    }
    return { ...upload, parts, address: addressOf(upload) }
  }

  return { s3, storage, errors, post, start, urls, sent }
}

function clientOf(config: S3ClientConfig): S3Client {
  return new S3Client({
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: KEYS,
    maxAttempts: 1,
    ...config,
  })
}

test('an upload goes all the way', async () => {
  const { s3, sent, post, errors } = await backend()
  const { key, parts, address } = await sent()
  expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
  expect(s3.objects.get(key)?.bytes.toString()).toBe('abcdef')
  expect(s3.log).toEqual(['Create', 'UploadPart', 'UploadPart', 'Complete'])
  expect(errors).toEqual([])
})

describe('part URLs', () => {
  test('sign the host and nothing of the bytes, and name no checksum', async () => {
    const { start, urls } = await backend()
    const url = new URL((await urls(await start(), [7]))[7] ?? '')
    expect([...url.searchParams.keys()].sort()).toEqual([
      'X-Amz-Algorithm',
      'X-Amz-Content-Sha256',
      'X-Amz-Credential',
      'X-Amz-Date',
      'X-Amz-Expires',
      'X-Amz-Signature',
      'X-Amz-SignedHeaders',
      'partNumber',
      'uploadId',
    ])
    // As the signature has them: not all servers decode before they compare.
    expect(url.search).not.toMatch(/[!'()*]/)
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host')
    expect(url.searchParams.get('X-Amz-Content-Sha256')).toBe('UNSIGNED-PAYLOAD')
    expect(url.searchParams.get('X-Amz-Expires')).toBe('3600')
  })

  test('are made without asking S3', async () => {
    const { s3, start, urls } = await backend()
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1)
    const signed = await urls(await start(), numbers)
    expect(Object.keys(signed)).toEqual(numbers.map(String))
    expect(new Set(Object.values(signed)).size).toBe(100)
    expect(s3.log).toEqual(['Create'])
  })

  test.each([
    'with space & plus+.mov',
    'ünïcode – 日本語 👩‍👩‍👧.mov',
    'a%2Fb#c?d=e;f,g\'(h)[i]*!~$"<>.mov',
    'a/b//c',
  ])('lead to the key %j', async (key) => {
    const { s3, sent, post } = await backend({}, {}, key)
    const { parts, address } = await sent()
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    expect([...s3.objects.keys()]).toEqual([key])
  })

  test('with another signature, part number or host are refused', async () => {
    const { s3, start, urls } = await backend()
    const url = (await urls(await start(), [1]))[1] ?? ''
    const wrong = [
      url.replace(/Signature=./, 'Signature=x'),
      url.replace('partNumber=1', 'partNumber=2'),
      url.replace('127.0.0.1', 'localhost'),
      url.split('?')[0] ?? '',
    ]
    const answers = await Promise.all(wrong.map((one) => fetch(one, { method: 'PUT', body: 'x' })))
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(200)
    expect(s3.log).toHaveLength(6)
  })

  test('end after urlTtlSeconds', async () => {
    const { s3, start, urls } = await backend({ urlTtlSeconds: 60 })
    const url = (await urls(await start(), [1]))[1] ?? ''
    const put = async () => (await fetch(url, { method: 'PUT', body: 'x' })).status
    const now = Date.now()
    s3.now = () => now + 58_000
    expect(await put()).toBe(200)
    s3.now = () => now + 62_000
    expect(await put()).toBe(403)
  })

  test('end no later than the credentials, and carry their token', async () => {
    const expiration = new Date(Date.now() + 600_000)
    const credentials = { ...KEYS, sessionToken: 'a/token+=', expiration }
    const { start, urls } = await backend({}, { credentials: async () => credentials })
    const { searchParams } = new URL((await urls(await start(), [1]))[1] ?? '')
    expect(Number(searchParams.get('X-Amz-Expires'))).toSatisfy((s) => s > 590 && s <= 600)
    expect(searchParams.get('X-Amz-Security-Token')).toBe('a/token+=')
  })

  test.each<[S3ClientConfig, string]>([
    [{ forcePathStyle: false }, 'https://videos.s3.eu-west-3.amazonaws.com/a.mov?'],
    [{}, 'https://s3.eu-west-3.amazonaws.com/videos/a.mov?'],
    [
      { forcePathStyle: false, useAccelerateEndpoint: true },
      'https://videos.s3-accelerate.amazonaws.com/a.mov?',
    ],
    [{ endpoint: 'http://127.0.0.1:9000/below' }, 'http://127.0.0.1:9000/below/videos/a.mov?'],
  ])('of a client with %j', async (config, start) => {
    const client = clientOf({ region: 'eu-west-3', ...config })
    const storage = s3Storage({ client, bucket: BUCKET })
    const address = { owner: 'ann', key: 'a.mov', uploadId: 'u' }
    const url = (await storage.signParts(address, [1], { partsUrl: '' })).get(1)
    expect(url?.startsWith(start), url).toBe(true)
    expect(url).toMatch('%2Feu-west-3%2Fs3%2Faws4_request')
  })
})

describe('start', () => {
  test('sends the settings of the object, and no checksum that parts would then need', async () => {
    const { s3, start } = await backend({
      object: {
        ContentType: 'video/quicktime',
        Tagging: 'team=a%20b',
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: 'key',
        StorageClass: 'STANDARD_IA',
        ACL: 'private',
      },
    })
    await start()
    const headers = s3.headers.get('Create') ?? {}
    expect(headers).toMatchObject({
      'content-type': 'video/quicktime',
      'x-amz-tagging': 'team=a%20b',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-acl': 'private',
    })
    expect(Object.keys(headers).filter((name) => name.includes('checksum'))).toEqual([])
  })

  test('asks a function for the settings of each object', async () => {
    const object = vi.fn(({ fileName }: NewUpload) => ({ ContentType: `video/${fileName}` }))
    const { s3, start } = await backend({ object })
    await start('x')
    expect(s3.headers.get('Create')).toMatchObject({ 'content-type': 'video/x' })
    expect(object).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ owner: 'ann', fileName: 'x', fileSize: 6, fileHash: HASH }),
    )
  })
})

describe('complete', () => {
  test('whose answer was lost succeeds when it is repeated', async () => {
    const { s3, sent, post, errors } = await backend()
    const { key, parts, address } = await sent()
    s3.faults.push({ operation: 'Complete', happens: true })
    expect((await post(`/complete/${address}`, { parts })).status).toBe(503)
    expect(errors).toHaveLength(1)
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
    expect(s3.objects.get(key)?.bytes.toString()).toBe('abcdef')
  })

  test.each<[string, (s3: SmallS3, key: string) => void]>([
    ['nothing', (s3, key) => s3.objects.delete(key)],
    ['other bytes', (s3, key) => s3.objects.set(key, object('x', `"${md5('x')}-2"`))],
    ['equal bytes sent as one', (s3, key) => s3.objects.set(key, object('abcdef', `"${md5('')}"`))],
    [
      'what may not be seen',
      (s3) => s3.faults.push({ operation: 'Head', answer: { status: 403 } }),
    ],
  ])('of a forgotten upload, where there is %s, is NoSuchUpload', async (_, change) => {
    const { s3, sent, post } = await backend()
    const { key, parts, address } = await sent()
    await post(`/complete/${address}`, { parts })
    change(s3, key)
    const answer = await post(`/complete/${address}`, { parts })
    expect(answer).toMatchObject({ status: 404, body: { code: 'NoSuchUpload' } })
  })

  test('of a forgotten upload whose ETags are no MD5s is NoSuchUpload', async () => {
    const { sent, post } = await backend()
    const { parts, address } = await sent()
    await post(`/complete/${address}`, { parts })
    const odd = parts.map((part) => ({ ...part, ETag: `${part.ETag}-x` }))
    expect((await post(`/complete/${address}`, { parts: odd })).status).toBe(404)
  })

  test('of a forgotten upload waits while S3 cannot say what is there', async () => {
    const { s3, sent, post } = await backend()
    const { parts, address } = await sent()
    await post(`/complete/${address}`, { parts })
    s3.faults.push({ operation: 'Head', answer: { status: 503 } })
    expect((await post(`/complete/${address}`, { parts })).status).toBe(503)
  })

  test.each([
    ['InternalError', 503, 'ServiceUnavailable'],
    ['InvalidPart', 400, 'InvalidPart'],
    ['EntityTooSmall', 400, 'EntityTooSmall'],
  ])('sees the %s inside a 200', async (code, status, told) => {
    const { s3, sent, post } = await backend()
    const { key, parts, address } = await sent()
    // S3 keeps the connection alive with blanks while it works.
    const body = errorXml(code).replace('\n', '\n\n   \n')
    s3.faults.push({ operation: 'Complete', answer: { status: 200, body } })
    const answer = await post(`/complete/${address}`, { parts })
    expect(answer).toMatchObject({ status, body: { code: told } })
    expect(s3.objects.has(key)).toBe(false)
    expect((await post(`/complete/${address}`, { parts })).status).toBe(200)
  })

  test('with a part that S3 does not have is InvalidPart', async () => {
    const { sent, post, errors } = await backend()
    const { parts, address } = await sent()
    const wrong = [parts[0], { PartNumber: 2, ETag: md5('other') }]
    const answer = await post(`/complete/${address}`, { parts: wrong })
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidPart' } })
    expect(errors).toEqual([])
  })
})

describe('list-parts', () => {
  test('reads page after page', async () => {
    const { s3, start, urls, post } = await backend()
    s3.pageSize = 3
    const upload = await start()
    const numbers = [2, 3, 5, 7, 8, 9, 10_000]
    const signed = await urls({ key: upload.key, uploadId: upload.uploadId }, numbers)
    for (const number of numbers) {
      await fetch(signed[number] ?? '', { method: 'PUT', body: String(number) })
    }
    const { body } = await post(`/list-parts/${addressOf(upload)}`)
    expect(body.parts).toEqual(
      numbers.map((number) => ({
        PartNumber: number,
        ETag: `"${md5(String(number))}"`,
        Size: String(number).length,
      })),
    )
    expect(s3.log.filter((name) => name === 'ListParts')).toHaveLength(3)
  })

  test.each([
    ['begins again on every page', partXml(1, Buffer.from('a')) + partXml(2, Buffer.from('b'))],
    ['lists no order', partXml(2, Buffer.from('b')) + partXml(1, Buffer.from('a'))],
    ['promises more and has none', ''],
    ['leaves out the ETag', '<Part><PartNumber>1</PartNumber><Size>1</Size></Part>'],
  ])('does not believe a server that %s', async (_, content) => {
    const { s3, start, post, errors } = await backend()
    const upload = await start()
    const body = xml('ListPartsResult', `<IsTruncated>true</IsTruncated>${content}`)
    for (let page = 0; page < 3; page++) {
      s3.faults.push({ operation: 'ListParts', answer: { status: 200, body } })
    }
    expect((await post(`/list-parts/${addressOf(upload)}`)).status).toBe(500)
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching('S3') })])
  })
})

test('an aborted upload is gone, its parts and all', async () => {
  const { s3, sent, post } = await backend()
  const { parts, address } = await sent()
  expect((await post(`/abort/${address}`)).status).toBe(204)
  expect(s3.uploads.size).toBe(0)
  for (const path of ['abort', 'list-parts', 'complete']) {
    const answer = await post(`/${path}/${address}`, { parts })
    expect(answer).toMatchObject({ status: 404, body: { code: 'NoSuchUpload' } })
  }
})

describe('what S3 answers is told as', () => {
  test.each([
    ['SlowDown', 503, 'Create', 503, 'ServiceUnavailable'],
    ['TooManyConnections', 429, 'Create', 503, 'ServiceUnavailable'],
    ['Throttling', 400, 'ListParts', 503, 'ServiceUnavailable'],
    ['InternalError', 500, 'Abort', 503, 'ServiceUnavailable'],
    ['OperationAborted', 409, 'Complete', 503, 'ServiceUnavailable'],
    ['KeyTooLongError', 400, 'Create', 400, 'InvalidRequest'],
    ['InvalidArgument', 400, 'ListParts', 400, 'InvalidRequest'],
    ['InvalidStorageClass', 400, 'Create', 500, 'InternalError'],
    ['AccessDenied', 403, 'Create', 500, 'InternalError'],
    ['NoSuchBucket', 404, 'Abort', 500, 'InternalError'],
    ['ExpiredToken', 400, 'Complete', 500, 'InternalError'],
  ] as const)('%s, %d to %s: %d %s', async (name, from, operation, status, code) => {
    const { s3, sent, post, errors } = await backend()
    const { parts, address } = await sent()
    const headers = { 'retry-after': '7' }
    s3.faults.push({ operation, answer: { status: from, body: errorXml(name), headers } })
    const path = {
      Create: '/start',
      Complete: `/complete/${address}`,
      ListParts: `/list-parts/${address}`,
      Abort: `/abort/${address}`,
    }[operation]
    const file = { fileName: 'a', fileHash: HASH, fileSize: 6 }
    const answer = await post(path, operation === 'Create' ? file : { parts })
    expect(answer).toMatchObject({ status, body: { code } })
    expect(answer.response.headers.get('retry-after')).toBe(status === 503 ? '7' : null)
    expect(errors).toHaveLength(status >= 500 ? 1 : 0)
  })

  test('nothing, by nobody: ServiceUnavailable, and onError hears why', async () => {
    const { post, errors, s3 } = await backend({ client: clientOf({ endpoint: await closed() }) })
    const answer = await post('/start', { fileName: 'a', fileHash: HASH, fileSize: 6 })
    expect(answer).toMatchObject({ status: 503, body: { code: 'ServiceUnavailable' } })
    expect(errors).toEqual([
      expect.objectContaining({ cause: expect.objectContaining({ code: 'ECONNREFUSED' }) }),
    ])
    expect(s3.log).toEqual([])
  })

  test('no credentials: InternalError, and onError hears it', async () => {
    const failure = new Error('no credentials here')
    const credentials = () => Promise.reject(failure)
    const { post, errors } = await backend({}, { credentials })
    const answer = await post('/start', { fileName: 'a', fileHash: HASH, fileSize: 6 })
    expect(answer.status).toBe(500)
    expect(errors).toEqual([failure])
  })
})

test.each([
  { urlTtlSeconds: 0 },
  { urlTtlSeconds: 604_801 },
  { urlTtlSeconds: 1.5 },
  { bucket: 'videos--use1-az4--x-s3' },
])('the options %j are refused', (options) => {
  expect(() => s3Storage({ client: clientOf({}), bucket: BUCKET, ...options })).toThrow(RangeError)
})

function object(content: string, etag: string) {
  return { bytes: Buffer.from(content), etag }
}

/** The address of a server that is no more. */
async function closed(): Promise<string> {
  const { createServer } = await import('node:net')
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
