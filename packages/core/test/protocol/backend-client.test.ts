import { getEventListeners } from 'node:events'
import { inspect } from 'node:util'
import { HttpResponse } from 'msw'
import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { type BackendClient, createBackendClient } from '../../src/protocol/backend-client.ts'
import { parseConfig } from '../../src/protocol/config.ts'
import type { UploaderConfig } from '../../src/uploader/types.ts'
import { calm, clientFor, clock, endpoints, failureOf, scriptedBackend, WALL } from './wire.ts'

const backend = scriptedBackend()
const { arrived, answer } = backend

const file = { fileName: 'a.mp4', fileHash: '0123456789abcdef', fileSize: 12 }
const name = { key: 'videos/a b+c.mp4', uploadId: 'id/1' }
const started = { key: 'videos/a.mp4', uploadId: 'id', partSize: 5_242_880 }
const signature = 'X-Amz-Signature=5ec2e75ec2e7'
const presigned = (part: number) => `https://s3.test/b/k?partNumber=${part}&${signature}`

const json = (body: unknown, init?: ResponseInit) => () => HttpResponse.json(body as never, init)
const raw = (body: string, init?: ResponseInit) => () => new HttpResponse(body, init)

describe('what is sent', () => {
  test('start: contract fields first, userParams flat behind them', async () => {
    answer(json(started))
    const userParams = { albumId: '42', 7: 'seven', tags: ['a', { b: null }] }
    await clientFor().start({ ...file, userParams }, calm())
    expect(arrived).toMatchObject([
      {
        line: 'POST https://backend.test/upload/start/',
        body: '{"fileName":"a.mp4","fileHash":"0123456789abcdef","fileSize":12,"7":"seven","albumId":"42","tags":["a",{"b":null}]}',
      },
    ])
  })

  test('start: userParams never replace a field of the contract', async () => {
    answer(json(started))
    const userParams = JSON.parse(
      '{"fileSize":1,"fileName":"x","__proto__":{"a":1},"constructor":2}',
    )
    await clientFor().start({ ...file, userParams }, calm())
    expect(arrived[0]?.body).toBe(
      '{"fileName":"a.mp4","fileHash":"0123456789abcdef","fileSize":12,"__proto__":{"a":1},"constructor":2}',
    )
  })

  test('urls: the upload and the numbers of the parts', async () => {
    answer(json({ urls: { 2: presigned(2), 3: presigned(3) } }))
    await clientFor().urls({ ...name, parts: [2, 3] }, calm())
    expect(arrived).toMatchObject([
      {
        line: 'POST https://backend.test/upload/urls/',
        body: '{"key":"videos/a b+c.mp4","uploadId":"id/1","parts":[2,3]}',
      },
    ])
  })

  test('complete: parts ascending, names in the path', async () => {
    answer(raw(''))
    const parts = [
      { part: 10, etag: 'ten' },
      { part: 9, etag: '"nine"' },
      { part: 1, etag: 'one' },
    ]
    await clientFor().complete({ ...name, parts }, calm())
    expect(arrived).toMatchObject([
      {
        line: 'POST https://backend.test/upload/complete/id%2F1/videos/a%20b%2Bc.mp4',
        body: '{"parts":[{"PartNumber":1,"ETag":"one"},{"PartNumber":9,"ETag":"\\"nine\\""},{"PartNumber":10,"ETag":"ten"}]}',
      },
    ])
    expect(parts[0]?.part).toBe(10)
  })

  test('list and abort: an empty object, names in the path', async () => {
    answer(json({ parts: [] }))
    await clientFor().list(name, calm())
    await clientFor().abort(name, calm())
    expect(arrived).toMatchObject([
      { line: 'POST https://backend.test/upload/parts/id%2F1/videos/a%20b%2Bc.mp4', body: '{}' },
      { line: 'POST https://backend.test/upload/abort/id%2F1/videos/a%20b%2Bc.mp4', body: '{}' },
    ])
  })

  test('trailingSlash: false sends start and urls as configured; queries stay', async () => {
    answer(json({ ...started, urls: {} }))
    const client = clientFor({
      startUploadApi: 'https://backend.test/start?code=a%2Fb',
      getUploadUrlsApi: 'https://backend.test/urls//',
      completeApi: 'https://backend.test/complete/?code=1',
      trailingSlash: false,
    })
    await client.start(file, calm())
    await client.urls({ ...name, parts: [] }, calm())
    await client.complete({ ...name, key: 'k', parts: [] }, calm())
    expect(arrived.map(({ line }) => line)).toEqual([
      'POST https://backend.test/start?code=a%2Fb',
      'POST https://backend.test/urls//',
      'POST https://backend.test/complete/id%2F1/k?code=1',
    ])
  })

  test('every call says that it is JSON and asks for JSON', async () => {
    answer(json({ ...started, urls: {}, parts: [] }))
    const client = clientFor()
    await client.start(file, calm())
    await client.urls({ ...name, parts: [] }, calm())
    await client.complete({ ...name, parts: [] }, calm())
    await client.list(name, calm())
    await client.abort(name, calm())
    expect(arrived).toHaveLength(5)
    for (const { headers } of arrived) {
      expect(headers.get('content-type')).toBe('application/json')
      expect(headers.get('accept')).toBe('application/json')
      expect(headers.get('authorization')).toBeNull()
    }
  })

  test("the app's headers go along and win, in whatever case", async () => {
    answer(json(started))
    const headers = { Authorization: 'Bearer x', 'Content-Type': 'application/vnd.api+json' }
    await clientFor({ headers }).start(file, calm())
    expect(arrived[0]?.headers.get('authorization')).toBe('Bearer x')
    expect(arrived[0]?.headers.get('content-type')).toBe('application/vnd.api+json')
  })
})

describe('headers as a function', () => {
  test('is asked before every request', async () => {
    answer(json(started))
    let asked = 0
    const client = clientFor({ headers: async () => ({ authorization: `Bearer ${++asked}` }) })
    await client.start(file, calm())
    await client.start(file, calm())
    expect(arrived.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer 1',
      'Bearer 2',
    ])
  })

  test('is asked once more after a 401', async () => {
    answer(json({}, { status: 401 }), json(started))
    let asked = 0
    const client = clientFor({ headers: () => ({ authorization: `Bearer ${++asked}` }) })
    expect(await client.start(file, calm())).toEqual({ ok: true, value: started })
    expect(arrived.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer 1',
      'Bearer 2',
    ])
    expect(arrived[1]).toMatchObject({ line: arrived[0]?.line, body: arrived[0]?.body })
  })

  test('is not asked a third time', async () => {
    answer(json({ code: 'token_expired' }, { status: 401 }))
    const failure = failureOf(await clientFor({ headers: () => ({}) }).start(file, calm()))
    expect(failure).toMatchObject({ kind: 'status', status: 401, reason: 'token_expired' })
    expect(arrived).toHaveLength(2)
  })

  test('an object has nothing new to say after a 401', async () => {
    answer(json({}, { status: 401 }))
    const answered = await clientFor({ headers: { authorization: 'x' } }).start(file, calm())
    expect(failureOf(answered)).toMatchObject({ kind: 'status', status: 401 })
    expect(arrived).toHaveLength(1)
  })

  test.each([
    [{ authorization: undefined }, 'headers.authorization must be a string, not undefined'],
    [
      { authorization: 'secret\n' },
      'headers.authorization holds characters that HTTP does not allow',
    ],
    [undefined, 'headers must be a plain object of strings'],
  ])('%j is a mistake in the configuration', async (given, message) => {
    const headers = (() => given) as unknown as () => Record<string, string>
    const failure = failureOf(await clientFor({ headers }).start(file, calm()))
    expect(failure).toEqual({ kind: 'local', code: 'config_invalid', message })
    expect(arrived).toHaveLength(0)
  })

  test.each([
    [
      'throws',
      () => {
        throw new TypeError('Bearer 5ec2e75ec2e7')
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('Bearer 5ec2e75ec2e7'))],
  ])('that %s is retried, since a token refresh needs the network too', async (_, headers) => {
    expect(failureOf(await clientFor({ headers }).start(file, calm()))).toMatchObject({
      kind: 'exchange',
      message: 'startUpload was not sent (the headers function threw: TypeError)',
    })
    expect(arrived).toHaveLength(0)
  })

  test('that throws an UploadError decides itself, and says what to do', async () => {
    const headers = () => {
      throw new UploadError('unauthorized', 'Signed out', { hint: 'Sign in again.' })
    }
    expect(failureOf(await clientFor({ headers }).start(file, calm()))).toMatchObject({
      kind: 'local',
      code: 'unauthorized',
      message: 'Signed out',
      hint: 'Sign in again.',
    })
  })

  test('that never answers does not hold an aborted call', async () => {
    const controller = new AbortController()
    const client = clientFor({ headers: () => new Promise(() => controller.abort()) })
    expect(failureOf(await client.start(file, controller))).toMatchObject({
      kind: 'exchange',
      message: 'startUpload was not sent (aborted)',
    })
    expect(arrived).toHaveLength(0)
  })

  test('nothing is sent when the call was aborted meanwhile', async () => {
    const controller = new AbortController()
    const headers = () => {
      controller.abort()
      return {}
    }
    const answered = await clientFor({ headers }).start(file, controller)
    expect(failureOf(answered)).toMatchObject({ kind: 'exchange' })
    expect(arrived).toHaveLength(0)
  })
})

describe('start', () => {
  test('keeps what the contract names and nothing else', async () => {
    answer(json({ ...started, bucket: 'b', parts: 7 }, { status: 201 }))
    expect(await clientFor().start(file, calm())).toEqual({ ok: true, value: started })
  })

  test('JSON counts, whatever it is called', async () => {
    answer(raw(JSON.stringify(started), { headers: { 'content-type': 'text/html' } }))
    expect(await clientFor().start(file, calm())).toEqual({ ok: true, value: started })
  })

  const wrong = (body: unknown, problem: string) => [json(body), problem] as const
  const sized = (partSize: unknown) => ({ ...started, partSize })

  const unusable: readonly (readonly [() => Response, string])[] = [
    wrong({ uploadId: 'i', partSize: 1 }, 'key: expected non-empty string, received undefined'),
    wrong(
      { key: '', uploadId: 7 },
      'key: expected non-empty string, received an empty string; uploadId: expected non-empty string, received 7; partSize: expected positive integer, received undefined',
    ),
    wrong(sized(0), 'partSize: expected positive integer, received 0'),
    wrong(sized(-5), 'partSize: expected positive integer, received -5'),
    wrong(sized(1.5), 'partSize: expected positive integer, received 1.5'),
    wrong(sized(2 ** 60), 'partSize: expected positive integer, received 1152921504606847000'),
    wrong(sized('5242880'), 'partSize: expected positive integer, received string'),
    wrong([started], 'body: expected object, received array'),
    wrong(null, 'body: expected object, received null'),
    wrong(
      { ...started, key: '../x' },
      'key: expected no "." or ".." between slashes, since URLs cannot carry them',
    ),
    wrong({ ...started, uploadId: '..' }, 'uploadId: expected an id, received dots only'),
    [raw('{"key":"\\ud800","uploadId":"i","partSize":1}'), 'key: expected well-formed Unicode'],
    [
      raw('{"__proto__":{"key":"k","uploadId":"i","partSize":1}}'),
      'key: expected non-empty string, received undefined; uploadId: expected non-empty string, received undefined; partSize: expected positive integer, received undefined',
    ],
    [
      raw('{"key":"k","uploadId":"i","partSize":1e999}'),
      'partSize: expected positive integer, received Infinity',
    ],
    [
      raw('<!doctype html><title>5ec2e7</title>', {
        headers: { 'content-type': 'text/HTML; charset=utf-8' },
      }),
      'the body is not JSON (text/html)',
    ],
    [raw('{"key":'), 'the body is not JSON (text/plain)'],
    [
      raw('x', { headers: { 'content-type': '<script>' } }),
      'the body is not JSON (no content type)',
    ],
    [
      raw('x', { headers: { 'content-type': '<b> text/html' } }),
      'the body is not JSON (no content type)',
    ],
    [raw(' '), 'the body is empty (text/plain)'],
    [() => new HttpResponse(null, { status: 200 }), 'the body is empty (no content type)'],
    [raw('{}', { headers: { 'content-length': '8388609' } }), 'the body is larger than 8 MiB'],
    [raw(' '.repeat(8_388_609)), 'the body is larger than 8 MiB'],
  ]

  test.each(unusable.map(([reply, problem]) => ({ reply, problem })))(
    '$problem',
    async ({ reply, problem }) => {
      answer(reply)
      expect(failureOf(await clientFor().start(file, calm()))).toEqual({
        kind: 'unusable',
        code: 'response_invalid',
        status: 200,
        message: `startUpload answered 200, but ${problem}`,
      })
    },
  )
})

describe('urls', () => {
  const ask = (parts: readonly number[]) => clientFor().urls({ ...name, parts }, calm())
  const v4 = (life: number) => `https://s3.test/k?X-Amz-Date=20260102T030405Z&X-Amz-Expires=${life}`
  const date = (offsetMs: number) => ({
    headers: { date: new Date(WALL + offsetMs).toUTCString() },
  })

  test('come in the order of the parts, exactly as received, the others ignored', async () => {
    const odd = "HTTP://S3.test:80/b/../k%2f%7e?x=é'(&y=%"
    answer(json({ urls: { 1: presigned(1), 2: odd, 3: 7, __x: null }, more: true }))
    expect(await ask([2, 1])).toEqual({
      ok: true,
      value: [
        { part: 2, url: odd, lifeMs: undefined },
        { part: 1, url: presigned(1), lifeMs: undefined },
      ],
    })
  })

  test('know their life by the clock of the backend', async () => {
    answer(json({ urls: { 1: v4(900) } }, date(600_000)))
    expect(await ask([1])).toMatchObject({ value: [{ lifeMs: 300_000 }] })
  })

  test('know that it is over', async () => {
    answer(json({ urls: { 1: v4(60) } }, date(61_000)))
    expect(await ask([1])).toMatchObject({ value: [{ lifeMs: -1000 }] })
  })

  test.each([{}, { headers: { date: 'today' } }])('or else by our own: %j', async (init) => {
    answer(json({ urls: { 1: v4(900) } }, init))
    expect(await ask([1])).toMatchObject({ value: [{ lifeMs: 900_000 }] })
  })

  test.each([-86_400_000, 86_400_000])(
    'or by their own time of signing where our clock is %d ms off',
    async (offMs) => {
      const client = createBackendClient({
        fetch,
        config: () => parseConfig(endpoints),
        clock: { now: () => 1000, wall: () => WALL + offMs },
      })
      answer(json({ urls: { 1: v4(900), 2: v4(60) } }))
      expect(await client.urls({ ...name, parts: [1, 2] }, calm())).toMatchObject({
        value: [{ lifeMs: 900_000 }, { lifeMs: 60_000 }],
      })
    },
  )

  test('the time that reading the body took is off their life', async () => {
    let now = 5000
    const client = createBackendClient({
      config: () => parseConfig(endpoints),
      clock: { now: () => now, wall: () => 0 },
      fetch: async () => ({
        status: 200,
        headers: new Headers(date(0).headers),
        text: async () => {
          now += 2000
          return JSON.stringify({ urls: { 1: v4(900) } })
        },
      }),
    })
    expect(await client.urls({ ...name, parts: [1] }, calm())).toMatchObject({
      value: [{ lifeMs: 898_000 }],
    })
  })

  const twelve = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

  test.each([
    [{}, [1], 'urls: expected object, received undefined'],
    [{ urls: [presigned(1)] }, [1], 'urls: expected object, received array'],
    [{ urls: presigned(1) }, [1], 'urls: expected object, received string'],
    [{ urls: { 2: presigned(2) } }, [1, 2, 3], 'urls: no URL for parts 1, 3'],
    [{ urls: { '01': presigned(1) } }, [1], 'urls: no URL for part 1'],
    [{ urls: {} }, twelve, 'urls: no URL for parts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more'],
    [{ urls: {} }, twelve.slice(2), 'urls: no URL for parts 3, 4, 5, 6, 7, 8, 9, 10, 11, 12'],
    [{ urls: { 1: null } }, [1], 'urls.1: expected http(s) URL, received null'],
    [
      { urls: { 1: `ftp://s3.test/?${signature}` } },
      [1],
      'urls.1: expected http(s) URL, received string',
    ],
    [
      { urls: { 1: `s3.test/?${signature}` } },
      [1],
      'urls.1: expected http(s) URL, received string',
    ],
    [
      { urls: { 1: `${presigned(1)}\r\nx: y` } },
      [1],
      'urls.1: expected http(s) URL, received string',
    ],
  ])('%# are unusable: %j', async (body, parts, problem) => {
    answer(json(body))
    expect(failureOf(await ask(parts))).toEqual({
      kind: 'unusable',
      code: 'response_invalid',
      status: 200,
      message: `getUploadUrls answered 200, but ${problem}`,
    })
  })
})

describe('complete and abort', () => {
  test.each([
    [200, '<Error><Code>InternalError</Code></Error>'],
    [200, 'not JSON'],
    [201, ' '.repeat(9_000_000)],
    [299, 'unheard of'],
    [204, null],
  ])('any 2xx will do: %d', async (status, body) => {
    answer(() => new HttpResponse(body, { status }))
    expect(await clientFor().complete({ ...name, parts: [] }, calm())).toEqual({
      ok: true,
      value: undefined,
    })
    expect(await clientFor().abort(name, calm())).toEqual({ ok: true, value: undefined })
  })

  test.each([
    ['startUpload', (client: BackendClient) => client.start(file, calm())],
    ['getUploadUrls', (client: BackendClient) => client.urls({ ...name, parts: [1] }, calm())],
    ['complete', (client: BackendClient) => client.complete({ ...name, parts: [] }, calm())],
    ['listParts', (client: BackendClient) => client.list(name, calm())],
    ['abort', (client: BackendClient) => client.abort(name, calm())],
  ])('%s that is refused says so by its name', async (called, call) => {
    answer(raw('', { status: 400 }))
    expect(failureOf((await call(clientFor())) as never)).toMatchObject({
      message: `${called} answered 400`,
    })
  })

  test('a key from an old journal that no URL can carry is refused before anything is sent', async () => {
    const answered = await clientFor().complete({ key: 'a/../b', uploadId: 'i', parts: [] }, calm())
    expect(failureOf(answered)).toMatchObject({ kind: 'local', code: 'response_invalid' })
    expect(arrived).toHaveLength(0)
  })

  test('a call whose endpoint is not configured is refused', async () => {
    const client = clientFor({ listPartsApi: undefined, abortApi: undefined })
    expect(failureOf(await client.abort(name, calm()))).toMatchObject({
      kind: 'local',
      code: 'config_invalid',
      message: 'abortApi is not configured',
    })
    expect(failureOf(await client.list(name, calm()))).toMatchObject({
      kind: 'local',
      code: 'config_invalid',
      message: 'listPartsApi is not configured',
    })
  })
})

describe('list', () => {
  const entry = (PartNumber: number, ETag: string, Size: number) => ({ PartNumber, ETag, Size })

  test('ascending, each part once, contradictions left out', async () => {
    const parts = [
      entry(10, '"j"', 5),
      { ...entry(2, '"b"', 5), LastModified: 'x' },
      entry(2, 'b', 5),
      entry(3, '"c"', 5),
      entry(3, '"d"', 5),
      entry(3, '"c"', 5),
      entry(4, '"e"', 5),
      entry(4, '"e"', 6),
      entry(5, '""', 0),
      entry(6, '""', 0),
      entry(6, '""', 0),
      entry(1, 'a', 0),
    ]
    answer(json({ parts, IsTruncated: false }))
    expect(await clientFor().list(name, calm())).toEqual({
      ok: true,
      value: [
        { part: 1, etag: 'a', size: 0 },
        { part: 2, etag: 'b', size: 5 },
        { part: 10, etag: 'j', size: 5 },
      ],
    })
  })

  test('verbatim keeps the quotes', async () => {
    answer(json({ parts: [entry(1, '"a"', 5)] }))
    expect(await clientFor({ etag: 'verbatim' }).list(name, calm())).toEqual({
      ok: true,
      value: [{ part: 1, etag: '"a"', size: 5 }],
    })
  })

  test.each([
    [{ parts: {} }, 'parts: expected array, received object'],
    [{ parts: [null] }, 'parts.0: expected object, received null'],
    [
      { parts: [entry(1, 'a', 1), entry(0, 'b', -1)] },
      'parts.1.PartNumber: expected positive integer, received 0; parts.1.Size: expected non-negative integer, received -1',
    ],
    [
      { parts: [{}, {}] },
      'parts.0.PartNumber: expected positive integer, received undefined; parts.0.ETag: expected non-empty string, received undefined; parts.0.Size: expected non-negative integer, received undefined; parts.1.PartNumber: expected positive integer, received undefined; parts.1.ETag: expected non-empty string, received undefined; and 1 more',
    ],
  ])('%# is unusable', async (body, problem) => {
    answer(json(body))
    expect(failureOf(await clientFor().list(name, calm()))).toMatchObject({
      kind: 'unusable',
      message: `listParts answered 200, but ${problem}`,
    })
  })
})

describe('answers that are not 2xx', () => {
  test('carry the status, the reason and the pause', async () => {
    const headers = { 'retry-after': '7' }
    answer(raw('<Error><Code>SlowDown</Code></Error>', { status: 503, headers }))
    expect(failureOf(await clientFor().start(file, calm()))).toEqual({
      kind: 'status',
      status: 503,
      reason: 'SlowDown',
      retryAfterMs: 7000,
      message: 'startUpload answered 503 (SlowDown)',
      hint: undefined,
    })
  })

  test('a Retry-After that is a date is read by the clock of the backend', async () => {
    const date = new Date(WALL + 3_600_000).toUTCString()
    const headers = { date, 'retry-after': new Date(WALL + 3_610_000).toUTCString() }
    answer(raw('', { status: 429, headers }))
    expect(failureOf(await clientFor().list(name, calm()))).toMatchObject({
      message: 'listParts answered 429',
      retryAfterMs: 10_000,
    })
  })

  test('a body that is too large is not read for its reason', async () => {
    const headers = { 'content-length': '99999999' }
    answer(raw('{"code":"x"}', { status: 500, headers }))
    expect(failureOf(await clientFor().abort(name, calm()))).toMatchObject({
      kind: 'status',
      status: 500,
      reason: undefined,
    })
  })

  const start = { startUploadApi: 'https://backend.test/v1/start?code=5ec2e75ec2e7' }

  test.each([404, 405, 301, 308])(
    '%d on start or urls names the trailing slash',
    async (status) => {
      answer(raw('Not here', { status, headers: { location: 'https://backend.test/elsewhere' } }))
      const client = clientFor({ ...start, getUploadUrlsApi: 'https://backend.test/v1/urls' })
      const onStart = failureOf(await client.start(file, calm()))
      const onUrls = failureOf(await client.urls({ ...name, parts: [1] }, calm()))
      expect(onStart).toMatchObject({
        status,
        hint: expect.stringMatching(
          /POST https:\/\/backend\.test\/v1\/start\/: .*trailingSlash: false/,
        ),
      })
      expect(onUrls).toMatchObject({
        hint: expect.stringMatching(
          /POST https:\/\/backend\.test\/v1\/urls\/: .*trailingSlash: false/,
        ),
      })
      expect(onStart.message).toBe(
        `startUpload answered ${status}${status < 400 ? ', and redirects are not followed' : ''}`,
      )
      expect(arrived).toHaveLength(2)
    },
  )

  test('404 elsewhere names the route', async () => {
    answer(raw('', { status: 404 }))
    const onComplete = failureOf(await clientFor().complete({ ...name, parts: [] }, calm()))
    expect(onComplete).toMatchObject({
      hint: expect.stringMatching(
        /completeApi}\/{uploadId}\/{key}, where the key may contain slashes/,
      ),
    })
    expect(failureOf(await clientFor().list(name, calm()))).toMatchObject({
      hint: expect.stringContaining('{listPartsApi}'),
    })
  })

  test('NoSuchUpload is no question of routes', async () => {
    answer(json({ code: 'NoSuchUpload' }, { status: 404 }))
    expect(failureOf(await clientFor().urls({ ...name, parts: [1] }, calm()))).toEqual({
      kind: 'status',
      status: 404,
      reason: 'NoSuchUpload',
      retryAfterMs: undefined,
      message: 'getUploadUrls answered 404 (NoSuchUpload)',
      hint: undefined,
    })
  })

  test("a browser's opaque redirect", async () => {
    const client = createBackendClient({
      config: () => parseConfig(endpoints),
      clock,
      fetch: async () => ({ status: 0, headers: new Headers(), text: async () => '' }),
    })
    expect(failureOf(await client.start(file, calm()))).toMatchObject({
      kind: 'status',
      status: 0,
      message: 'startUpload answered with a redirect, and redirects are not followed',
      hint: expect.stringContaining('trailingSlash: false'),
    })
  })
})

describe('no secret in any failure', () => {
  const secret = '5ec2e75ec2e7'
  const config: Partial<UploaderConfig> = {
    startUploadApi: `https://backend.test/start?code=${secret}`,
    getUploadUrlsApi: `https://backend.test/urls?code=${secret}`,
    completeApi: `https://backend.test/complete?code=${secret}`,
    listPartsApi: `https://backend.test/parts?code=${secret}`,
    abortApi: `https://backend.test/abort?code=${secret}`,
    headers: async () => ({ authorization: `Bearer ${secret}` }),
  }
  const url = `https://s3.test/k?X-Amz-Signature=${secret}`

  const replies: Record<string, () => Response> = {
    'no answer': () => HttpResponse.error(),
    'a status': raw(`<Error><Message>${url}</Message></Error>`, { status: 500 }),
    'a status with a URL for a reason': json({ code: url, error: url }, { status: 400 }),
    'a route that is missing': raw(url, { status: 404 }),
    'a redirect': raw('', { status: 302, headers: { location: url } }),
    'a body that is no JSON': raw(`{"urls":{"1":"${url}"`),
    'a content type with a URL': raw(url, { headers: { 'content-type': url } }),
    'fields of the wrong type': json({
      key: [url],
      uploadId: { url },
      partSize: url,
      urls: url,
      parts: url,
    }),
    'URLs of another scheme': json({ urls: { 1: `ftp${url}` }, parts: [url] }),
    'a URL as a name': json({ urls: { [url]: url }, parts: [{ [url]: url, ETag: [url] }] }),
  }

  test.each(Object.entries(replies))('%s', async (_, reply) => {
    answer(reply)
    const client = clientFor(config)
    const answers = [
      await client.start(file, calm()),
      await client.urls({ ...name, parts: [1] }, calm()),
      await client.list(name, calm()),
      await client.complete({ ...name, parts: [] }, calm()),
      await client.abort(name, calm()),
    ]
    const failures = answers.flatMap((each) => (each.ok ? [] : [each.failure]))
    expect(failures.length).toBeGreaterThanOrEqual(3)
    for (const failure of failures) expect(show(failure)).not.toContain(secret)
  })

  test.each([
    ['the message', () => new Error(`request to ${config.startUploadApi} failed`)],
    [
      'a message beneath',
      () => new TypeError('fetch failed', { cause: new Error(`Bearer ${secret}`) }),
    ],
    [
      'a property',
      () => Object.assign(new Error('x'), { request: { headers: [`Bearer ${secret}`] } }),
    ],
    ['the name of a property', () => Object.assign(new Error('x'), { [`?code=${secret}`]: 1 })],
    [
      'too deep to be seen',
      () => Object.assign(new Error('x'), { a: { b: { c: { d: { e: { secret } } } } } }),
    ],
    ['a thrown string', () => `Bearer ${secret}`],
    [
      'a getter that throws',
      () =>
        Object.defineProperty(new Error('x'), 'y', {
          enumerable: true,
          get: () => {
            throw new Error(secret)
          },
        }),
    ],
  ])('an exception of the platform that shows it in %s', async (_, thrown) => {
    const parsed = parseConfig({ ...endpoints, ...config })
    const fetch = () => Promise.reject(thrown())
    const client = createBackendClient({ fetch, clock, config: () => parsed })
    const failure = failureOf(await client.start(file, calm()))
    expect(failure).toMatchObject({ kind: 'exchange' })
    expect(show(failure)).not.toContain(secret)
  })

  test('an exception of the platform that shows a header', async () => {
    const client = createBackendClient({
      fetch: () => Promise.reject(new TypeError(`Bearer ${secret} is an invalid header value`)),
      clock,
      config: () => parseConfig({ ...endpoints, headers: { authorization: `Bearer ${secret}` } }),
    })
    expect(show(failureOf(await client.start(file, calm())))).not.toContain(secret)
  })

  test('an exception that shows only the query of the endpoint', async () => {
    const { headers: _, ...withQuery } = config
    const client = createBackendClient({
      fetch: () => Promise.reject(new TypeError(`request to ${config.startUploadApi} failed`)),
      clock,
      config: () => parseConfig({ ...endpoints, ...withQuery }),
    })
    expect(show(failureOf(await client.start(file, calm())))).not.toContain(secret)
  })

  test('an exception that shows where it went is kept as the cause', async () => {
    const thrown = new TypeError('request to https://backend.test/start/ failed')
    const client = createBackendClient({
      fetch: () => Promise.reject(thrown),
      clock,
      config: () => parseConfig({ ...endpoints, ...config }),
    })
    expect((failureOf(await client.start(file, calm())) as { cause?: unknown }).cause).toBe(thrown)
  })

  test('an exception that shows nothing is kept as the cause', async () => {
    const thrown = new TypeError('fetch failed', {
      cause: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' }),
    })
    const client = createBackendClient({
      fetch: () => Promise.reject(thrown),
      clock,
      config: () => parseConfig({ ...endpoints, ...config }),
    })
    const failure = failureOf(await client.start(file, calm()))
    expect(failure).toEqual({
      kind: 'exchange',
      message: 'startUpload got no answer (TypeError, ECONNREFUSED)',
      cause: thrown,
    })
    expect((failure as { cause?: unknown }).cause).toBe(thrown)
  })

  function show(value: unknown): string {
    return inspect(value, { depth: null, showHidden: true, getters: true })
  }
})

describe('never rejects', () => {
  const options = { clock, config: () => parseConfig(endpoints) }
  const start = (fetch: unknown, config = options.config) =>
    createBackendClient({ clock, config, fetch: fetch as never }).start(file, calm())

  test.each([
    [
      'a fetch that throws at once',
      () => {
        throw new Error('x')
      },
    ],
    ['a fetch that returns no promise', () => undefined],
    [
      'text that throws',
      async () => ({
        status: 200,
        headers: new Headers(),
        text: () => {
          throw new Error('x')
        },
      }),
    ],
    [
      'text that rejects',
      async () => ({
        status: 200,
        headers: new Headers(),
        text: () => Promise.reject(new Error('x')),
      }),
    ],
    ['a rejection with nothing', () => Promise.reject(undefined)],
  ])('%s', async (_, fetch) => {
    expect(failureOf(await start(fetch))).toMatchObject({ kind: 'exchange' })
  })

  test('an error body that is cut off leaves the status', async () => {
    const text = () => Promise.reject(new Error('x'))
    const fetch = async () => ({ status: 502, headers: new Headers(), text })
    expect(failureOf(await start(fetch))).toMatchObject({ kind: 'status', status: 502 })
  })

  test('a complete whose 2xx is cut off is complete', async () => {
    const text = () => Promise.reject(new Error('x'))
    const fetch = async () => ({ status: 200, headers: new Headers(), text })
    const client = createBackendClient({ ...options, fetch })
    expect(await client.complete({ ...name, parts: [] }, calm())).toEqual({
      ok: true,
      value: undefined,
    })
  })

  test('text that the transport refuses says why', async () => {
    const text = () => Promise.reject(new UploadError('response_invalid', 'Too large'))
    const fetch = async () => ({ status: 200, headers: new Headers(), text })
    expect(failureOf(await start(fetch))).toMatchObject({
      kind: 'local',
      code: 'response_invalid',
      message: 'Too large',
    })
  })

  test('a configuration that is not there yet', async () => {
    const config = () => {
      throw new UploadError('config_missing', 'Not configured')
    }
    expect(failureOf(await start(fetch, config))).toMatchObject({
      kind: 'local',
      code: 'config_missing',
    })
  })

  test('parameters that JSON cannot hold', async () => {
    const client = createBackendClient({ ...options, fetch })
    const userParams = { a: 1n } as never
    expect(failureOf(await client.start({ ...file, userParams }, calm()))).toMatchObject({
      kind: 'local',
      code: 'internal',
      message: 'startUpload could not be sent (TypeError)',
    })
  })

  test('a fetch that ignores its signal', async () => {
    const controller = new AbortController()
    const fetch = () => new Promise<never>(() => controller.abort())
    const client = createBackendClient({ ...options, fetch })
    expect(failureOf(await client.start(file, controller))).toMatchObject({
      kind: 'exchange',
      message: 'startUpload got no answer (aborted)',
    })
  })

  test('a signal that had aborted, and a fetch that would not notice', async () => {
    let sent = 0
    const fetch = async () => {
      sent += 1
      throw new Error('Sent all the same')
    }
    const client = createBackendClient({ ...options, fetch })
    const controller = new AbortController()
    controller.abort()
    expect(failureOf(await client.start(file, controller))).toMatchObject({
      message: 'startUpload got no answer (aborted)',
      cause: expect.objectContaining({ message: 'Aborted' }),
    })
    expect(sent).toBe(0)
  })

  test('a 401 whose body is cut off, and the next answer is good', async () => {
    const replies = [
      { status: 401, headers: new Headers(), text: () => Promise.reject(new Error('x')) },
      new Response(JSON.stringify(started)),
    ]
    const config = () => parseConfig({ ...endpoints, headers: async () => ({}) })
    expect(await start(async () => replies.shift(), config)).toEqual({ ok: true, value: started })
  })

  test('a call that is over keeps no listeners', async () => {
    const fetch = async () => new Response(JSON.stringify(started))
    const config = () => parseConfig({ ...endpoints, headers: async () => ({}) })
    const client = createBackendClient({ ...options, config, fetch })
    const controller = new AbortController()
    expect(await client.start(file, controller)).toEqual({ ok: true, value: started })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})
