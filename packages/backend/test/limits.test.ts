import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import * as fc from 'fast-check'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  BackendError,
  createUploadHandler,
  type KeyRequest,
  ownedUploads,
  type Principal,
  tokenBuckets,
  type UploadHandlerOptions,
} from '../src/index.ts'
import { nodeListener } from '../src/node/index.ts'
import { Bucket } from './bucket.ts'
import { BASE, backend, HASH } from './fixture.ts'

// The same cases every time.
fc.configureGlobal({ seed: 20_260_104 })

const file = { fileName: 'a.txt', fileHash: HASH, fileSize: 6 }
const secrets = ['a secret that has 32 bytes or more']

/** As in production, but for a bucket that writes down whatever gets through. */
async function guarded(options: Partial<UploadHandlerOptions<Principal>> = {}) {
  const bucket = new Bucket()
  const storage = ownedUploads(bucket, { secrets })
  return { ...(await backend({ storage, ...options })), bucket }
}

function startRequest(body: string | ReadableStream): Request {
  return new Request(`${BASE}/start`, {
    method: 'POST',
    body,
    duplex: 'half',
  } as RequestInit)
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks) as ReadableStream<Uint8Array>
}

describe('rates', () => {
  test('who asks too often is answered 429 with the seconds to wait; others are not', async () => {
    const asked: Principal[] = []
    const { post } = await backend({
      rateLimit: (principal) => {
        asked.push(principal)
        return principal.id === 'ann' ? 2.5 : 0
      },
    })
    for (const path of ['/start', '/urls', '/complete/id/k', '/list-parts/id/k', '/abort/id/k']) {
      const { status, body, response } = await post(path, file)
      expect({ status, code: body.code }).toEqual({ status: 429, code: 'TooManyRequests' })
      expect(response.headers.get('retry-after')).toBe('3')
    }
    expect((await post('/start', file, 'bob')).status).toBe(200)
    expect(asked.map(({ id }) => id)).toEqual([...Array(5).fill('ann'), 'bob'])
  })

  test('the body of a request that comes too early is not read', async () => {
    const { handler } = await backend({ rateLimit: async () => 1 })
    const request = startRequest(JSON.stringify(file))
    expect((await handler(request)).status).toBe(429)
    expect(request.bodyUsed).toBe(false)
  })

  test('who is not let in is not counted', async () => {
    const rateLimit = vi.fn(() => 0)
    const { post } = await backend({ authorize: () => undefined, rateLimit })
    expect((await post('/start', file)).status).toBe(401)
    expect(rateLimit).not.toHaveBeenCalled()
  })

  test('a bucket gives a burst, then the rate, to each principal', () => {
    const clock = { now: 1_000_000 }
    const limit = tokenBuckets({ perSecond: 0.5, burst: 3, clock: () => clock.now })
    const take = (id = 'ann') => limit({ id })
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 2])
    expect(take('bob')).toBe(0)
    clock.now += 500
    expect(take()).toBe(1.5)
    clock.now += 1500
    expect([take(), take()]).toEqual([0, 2])
    clock.now += 3_600_000
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 2])
  })

  test('a bucket never holds more than the burst, whoever has an emptier one', () => {
    const clock = { now: 0 }
    const limit = tokenBuckets({ perSecond: 1, burst: 3, clock: () => clock.now })
    for (const id of ['bob', 'bob', 'bob', 'ann']) expect(limit({ id })).toBe(0)
    clock.now += 2500
    const times = [1, 2, 3, 4].map(() => limit({ id: 'ann' }))
    expect(times).toEqual([0, 0, 0, 1])
  })

  test('principals who come and go do not change what is left to one who stays', () => {
    const clock = { now: 0 }
    const limit = tokenBuckets({ perSecond: 1, burst: 2, clock: () => clock.now })
    expect([limit({ id: 'ann' }), limit({ id: 'ann' })]).toEqual([0, 0])
    for (let guest = 0; guest < 1000; guest += 1) limit({ id: `guest ${guest}` })
    clock.now += 500
    expect(limit({ id: 'ann' })).toBe(0.5)
    expect(limit({ id: 'guest 1' })).toBe(0)
  })

  test('a clock that is put back makes nobody wait longer', () => {
    const clock = { now: 1_000_000 }
    const limit = tokenBuckets({ perSecond: 1, burst: 1, clock: () => clock.now })
    expect(limit({ id: 'ann' })).toBe(0)
    clock.now -= 900_000
    expect(limit({ id: 'ann' })).toBe(1)
    clock.now += 1000
    expect(limit({ id: 'ann' })).toBe(0)
  })

  test.each([
    { perSecond: 0, burst: 1 },
    { perSecond: Number.NaN, burst: 1 },
    { perSecond: Number.POSITIVE_INFINITY, burst: 1 },
    { perSecond: 1, burst: 0 },
    { perSecond: 1, burst: 1.5 },
  ])('%j is no rate', (options) => {
    expect(() => tokenBuckets(options)).toThrow(RangeError)
  })
})

describe('bodies', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('a body that does not arrive in time is 408, and is not waited for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { handler, errors } = await backend()
    let cancelled = false
    const half = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"fileName":')),
      cancel: () => {
        cancelled = true
      },
    })
    const answering = handler(startRequest(half))
    await expect.poll(() => vi.getTimerCount(), { interval: 0 }).toBe(1)
    vi.advanceTimersByTime(59_999)
    expect(cancelled).toBe(false)
    vi.advanceTimersByTime(1)
    const response = await answering
    expect(response.status).toBe(408)
    expect(await response.json()).toMatchObject({ code: 'RequestTimeout' })
    expect(response.headers.get('connection')).toBe('close')
    expect(cancelled).toBe(true)
    expect(errors).toEqual([])
  })

  test('a connection that stands still is closed after its 408', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { handler } = await backend({ bodyTimeoutSeconds: 5 })
    const server = createServer(nodeListener(handler)).listen(0, '127.0.0.1')
    // Not by this one.
    server.keepAliveTimeout = 0
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('POST /start HTTP/1.1\r\nhost: h\r\ncontent-length: 100\r\n\r\n{')
    await once(server, 'request')
    await expect.poll(() => vi.getTimerCount(), { interval: 0 }).toBe(1)
    vi.advanceTimersByTime(5000)
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"RequestTimeout"/)
  })

  test('a body that arrives leaves no timer behind, nor does one that is refused', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const timers = vi.spyOn(globalThis, 'setTimeout')
    onTestFinished(() => timers.mockRestore())
    const { handler } = await backend({ maxBodyBytes: 100, bodyTimeoutSeconds: 2 ** 40 })
    expect((await handler(startRequest(JSON.stringify(file)))).status).toBe(200)
    expect((await handler(startRequest('x'.repeat(101)))).status).toBe(413)
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('away')) })
    expect((await handler(startRequest(broken))).status).toBe(400)
    expect(vi.getTimerCount()).toBe(0)
    // What is longer fires at once.
    for (const [, delay] of timers.mock.calls) expect(delay).toBeLessThan(2 ** 31)
  })

  test.each([1, 7, 4095, 4096, 4097, 10_000])('chunks of %i bytes make one body', async (size) => {
    const heard: KeyRequest<Principal>[] = []
    const { handler } = await backend({ keyFor: (request) => `k${heard.push(request)}` })
    const text = Array.from({ length: 2000 }, (_, index) => `${index}ü`).join()
    const bytes = new TextEncoder().encode(JSON.stringify({ ...file, text }))
    const count = Math.ceil(bytes.length / size)
    const chunks = Array.from({ length: count }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    )
    expect((await handler(startRequest(streamOf(chunks)))).status).toBe(200)
    expect(heard[0]?.userParams).toEqual({ text })
  })

  test('the longest body that is allowed, and one byte more', async () => {
    const body = JSON.stringify(file)
    const { handler } = await backend({ maxBodyBytes: body.length })
    const bytes = new TextEncoder().encode(body)
    expect((await handler(startRequest(streamOf([bytes])))).status).toBe(200)
    const longer = streamOf([bytes, new TextEncoder().encode(' ')])
    expect((await handler(startRequest(longer))).status).toBe(413)
  })

  test.each([
    ['constructor.prototype', '{"constructor":{"prototype":{"a":1}},'],
    ['constructor.prototype further in', '{"x":[{"constructor":{"prototype":null}}],'],
    ['an escaped __proto__', '{"\\u005f_proto__":{"a":1},'],
  ])('%s is refused', async (_, beginning) => {
    const { post } = await backend()
    const answer = await post('/start', beginning + JSON.stringify(file).slice(1))
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
  })

  test('names of Object.prototype are fields as any others', async () => {
    const heard: unknown[] = []
    const { post } = await backend({ keyFor: ({ userParams }) => `k${heard.push(userParams)}` })
    const fields = { constructor: 'c', toString: 't', hasOwnProperty: { deep: 1 } }
    expect((await post('/start', { ...file, ...fields })).status).toBe(200)
    expect(heard).toEqual([fields])
  })

  test.each(['maxBodyBytes', 'bodyTimeoutSeconds', 'maxFileSize'] as const)(
    '%s that is no limit is a RangeError',
    (name) => {
      // Such as Number(process.env.NOT_SET).
      for (const value of [Number.NaN, 0, -1, 1.5, Number.POSITIVE_INFINITY]) {
        const make = () =>
          createUploadHandler({
            storage: new Bucket(),
            authorize: () => undefined,
            [name]: value,
          })
        expect(make, String(value)).toThrow(RangeError)
      }
    },
  )
})

describe('keys', () => {
  const NAMES = [
    '',
    '.',
    '..',
    '../up',
    'a/../../b',
    'a/./b',
    'a/..',
    'folder/',
    'nul\u0000l',
    'line\nfeed',
    'tab\t',
    'escape\u001b[2J',
    'delete\u007f',
    'half \ud83d',
    'k'.repeat(1025),
    'ü'.repeat(513),
  ]

  test.each(NAMES)('keyFor that trusts the name %j gets no further', async (fileName) => {
    const { post, bucket, errors } = await guarded({ keyFor: (request) => request.fileName })
    const answer = await post('/start', { ...file, fileName })
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
    expect(bucket.calls).toEqual([])
    expect(errors).toEqual([])
  })

  test.each(NAMES)('the default key has nothing of the name %j to fear', async (fileName) => {
    const { post } = await guarded()
    const answer = await post('/start', { ...file, fileName })
    expect(answer.status).toBe(200)
    expect(answer.body.key).toMatch(/^[0-9a-f]{16}\/[0-9a-f]{32}-[A-Za-z0-9._-]{1,100}$/)
  })
})

describe('files that are not wanted, by keyFor', () => {
  const keyFor = ({ fileName, fileHash, principal }: KeyRequest<Principal>) => {
    if (!/\.(jpe?g|png)$/i.test(fileName)) {
      throw new BackendError('UnsupportedMediaType', 'Only JPEG and PNG files are taken.')
    }
    if (fileHash === HASH && principal.id === 'ann') {
      throw new BackendError('AlreadyExists', 'You have stored this file already.')
    }
    return `${principal.id}/${crypto.randomUUID()}`
  }

  test.each([
    ['movie.mov', 'ann', 415, 'UnsupportedMediaType'],
    ['photo.jpg', 'ann', 409, 'AlreadyExists'],
    ['photo.JPG', 'bob', 200, undefined],
  ])('%s of %s is answered %i', async (fileName, user, status, code) => {
    const { post, bucket } = await guarded({ keyFor })
    const answer = await post('/start', { ...file, fileName }, user)
    expect(answer).toMatchObject({ status, body: code === undefined ? {} : { code } })
    expect(bucket.calls).toHaveLength(status === 200 ? 1 : 0)
  })
})

describe('whatever is sent', () => {
  const segment = fc.oneof(
    fc.constantFrom('start', 'urls', 'complete', 'list-parts', 'abort', 'parts', '', '.', '..'),
    fc.constantFrom(
      '%2e%2e',
      '%00',
      '%zz',
      '%2F',
      '%C3',
      'constructor',
      '__proto__',
      'k'.repeat(3000),
    ),
    fc.string({ unit: 'binary' }),
    fc.string().map(encodeURIComponent),
  )
  const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`)
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constant('[1'.repeat(50_000)),
    fc.constant(`{"parts":${JSON.stringify(Array(100_000).fill(1))},"key":"k","uploadId":"u"}`),
    fc
      .dictionary(
        fc.constantFrom('key', 'uploadId', 'parts', 'fileName', 'fileHash', '__proto__'),
        fc.oneof(fc.string(), fc.array(fc.integer({ min: -1, max: 10_001 })), fc.jsonValue()),
      )
      .map((value) => JSON.stringify(value)),
  )
  const method = fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'GET', 'DELETE', 'PATCH', 'OPTIONS')

  test('is answered 4xx with a code, and nothing gets as far as the storage', async () => {
    const { handler, bucket, errors } = await guarded()
    await fc.assert(
      fc.asyncProperty(method, path, body, async (method, path, body) => {
        fc.pre(URL.canParse(BASE + path))
        const response = await handler(
          new Request(BASE + path, method === 'GET' ? { method } : { method, body }),
        )
        expect(response.status).toBeGreaterThanOrEqual(400)
        expect(response.status).toBeLessThan(500)
        const answer = await response.json()
        expect(answer).toEqual({ code: expect.any(String), message: expect.any(String) })
        expect(JSON.stringify(answer)).not.toMatch(/\bat .*:\d+|node_modules/)
      }),
      { numRuns: 500 },
    )
    expect(bucket.calls).toEqual([])
    expect(errors).toEqual([])
  })
})
