import type { ErrorCode } from '@s3-bg-uploader/core'
import { describe, expect, test } from 'vitest'
import {
  alterJson,
  answer,
  answerJson,
  cutOff,
  dribble,
  Gate,
  inChunks,
  loseAnswer,
  resetAfter,
  resetBefore,
  stall,
} from './faults.ts'
import type { Fault, Route } from './faulty-server.ts'
import { type Stack, startStack } from './stack.ts'

const SIZE = 3500
const ROUTES = ['start', 'urls', 'complete'] as const

const HTML = answer(200, {
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Log in</title>',
})
/** Valid JSON, with all that is asked for, but larger than any honest answer. */
const HUGE = alterJson((json) => ({ ...json, padding: 'x'.repeat(32 * 1024 * 1024) }))

/** After a failure: the fault is over, retry() completes, and nothing is sent twice. */
async function expectRecovery(
  stack: Stack,
  upload: Awaited<ReturnType<Stack['start']>>,
): Promise<void> {
  stack.server.mend()
  upload.retry()
  await stack.expectStored(await stack.finish(upload), SIZE)
  expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
  expect(await stack.objects()).toBe(1)
}

describe.each(ROUTES)('%s', (route) => {
  test.each<[string, Fault]>([
    ['500', answer(500)],
    ['502 with HTML', answer(502, { body: '<html>Bad gateway</html>' })],
    ['408', answer(408)],
    ['425', answer(425)],
    ['429', answer(429)],
    ['a connection that is reset at once', resetBefore],
    ['a connection that is reset when all is sent', resetAfter],
    ['an answer that is lost', loseAnswer],
  ])('is asked again after %s', async (_, fault) => {
    const stack = await startStack()
    stack.server.fail(route, fault, { times: 2 })
    const upload = await stack.start(await stack.open(), SIZE)
    await stack.expectStored(await stack.finish(upload), SIZE)
    expect(stack.server.requests(route)).toHaveLength(3)
    expect(stack.server.takenParts()).toEqual([1, 2, 3, 4])
    // Half of 500 ms, then half of 1000 ms: the jitter's draw is 0.5.
    expect(stack.server.requests(route).map(({ at }) => at)).toEqual([0, 250, 750])
  })

  test('that is cut off is asked again, unless its body is ignored', async () => {
    const stack = await startStack()
    stack.server.fail(route, cutOff)
    const upload = await stack.start(await stack.open(), SIZE)
    const snapshot = await stack.finish(upload)
    expect(snapshot.status).toBe('completed')
    expect(stack.server.requests(route)).toHaveLength(route === 'complete' ? 1 : 2)
  })

  test.each([
    ['30', 30_000],
    [new Date(Date.UTC(2026, 0, 1, 0, 2)).toUTCString(), 120_000],
  ])('is not asked again before Retry-After: %s', async (value, expected) => {
    const stack = await startStack()
    stack.server.fail(route, answer(503, { headers: { 'retry-after': value } }))
    const upload = await stack.start(await stack.open(), SIZE)
    await stack.expectStored(await stack.finish(upload), SIZE)
    const [first, second] = stack.server.requests(route)
    expect(first?.at).toBe(0)
    expect(second?.at).toBeGreaterThanOrEqual(expected)
    expect(second?.at).toBeLessThanOrEqual(expected + 500)
  })

  test('that answers slowly is waited for', async () => {
    const stack = await startStack()
    stack.server.fail(route, dribble)
    const upload = await stack.start(await stack.open(), SIZE)
    await stack.expectStored(await stack.finish(upload), SIZE)
    expect(stack.server.requests(route)).toHaveLength(1)
  })

  test('that answers after 59 s is waited for', async () => {
    const stack = await startStack()
    const gate = new Gate()
    stack.server.fail(route, gate.hold)
    const upload = await stack.start(await stack.open(), SIZE)
    await stack.server.until(() => gate.held === 1)
    stack.clock.pass(59_999)
    gate.open()
    await stack.expectStored(await stack.finish(upload), SIZE)
    expect(stack.server.requests(route)).toHaveLength(1)
  })

  test('that is silent for 60 s is given up and asked again', async () => {
    const stack = await startStack()
    stack.server.fail(route, stall)
    const upload = await stack.start(await stack.open(), SIZE)
    await stack.server.until(() => stack.server.requests(route).length === 1)
    stack.clock.pass(60_000)
    await stack.expectStored(await stack.finish(upload), SIZE)
    expect(stack.server.requests(route)).toHaveLength(2)
  })

  test.each<[string, Fault, ErrorCode, number]>([
    ['500', answer(500), 'backend_unavailable', 500],
    ['503', answer(503), 'backend_unavailable', 503],
    ['429', answer(429), 'backend_unavailable', 429],
  ])('that answers %s for ever fails after ten attempts', async (_, fault, code, status) => {
    const stack = await startStack()
    stack.server.fail(route, fault, { times: Number.POSITIVE_INFINITY })
    const upload = await stack.start(await stack.open(), SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code, status, call: route, retryable: true })
    expect(stack.server.requests(route)).toHaveLength(10)
    await expectRecovery(stack, upload)
  })

  test('whose connections are reset for ever fails after ten attempts', async () => {
    const stack = await startStack()
    stack.server.fail(route, resetAfter, { times: Number.POSITIVE_INFINITY })
    const upload = await stack.start(await stack.open(), SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'network_failed', call: route, retryable: true })
    expect(stack.server.requests(route)).toHaveLength(10)
    await expectRecovery(stack, upload)
  })

  test.each<[number, ErrorCode]>([
    [400, 'backend_rejected'],
    [402, 'backend_rejected'],
    [403, 'unauthorized'],
    [409, 'backend_rejected'],
    [413, 'backend_rejected'],
    [422, 'backend_rejected'],
  ])('that answers %s fails at once', async (status, code) => {
    const stack = await startStack()
    stack.server.fail(route, answerJson(status, { code: 'Nope', message: 'secret' }))
    const upload = await stack.start(await stack.open(), SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code, status, call: route, retryable: false })
    expect(error.message).toContain(`${status} (Nope)`)
    expect(error.message).not.toContain('secret')
    expect(stack.server.requests(route)).toHaveLength(1)
    await expectRecovery(stack, upload)
  })

  test('that answers 404 fails with a hint at the route', async () => {
    const stack = await startStack()
    stack.server.fail(route, answer(404))
    const upload = await stack.start(await stack.open(), SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'backend_rejected', status: 404, call: route })
    expect(error.hint).toContain(`POST ${stack.server.origin}/${route}/`)
    expect(error.hint).toContain(
      route === 'complete' ? '{completeApi}/{uploadId}/{key}' : 'trailingSlash: false',
    )
    await expectRecovery(stack, upload)
  })

  test('that redirects fails with a word about it', async () => {
    const stack = await startStack()
    stack.server.fail(route, answer(302, { headers: { location: '/elsewhere?token=secret' } }))
    const upload = await stack.start(await stack.open(), SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'backend_rejected', status: 302, call: route })
    expect(error.message).toContain('redirects are not followed')
    expect(`${error.message} ${error.hint}`).not.toContain('secret')
    await expectRecovery(stack, upload)
  })

  test('that answers 401 is asked once more, with fresh headers', async () => {
    let asked = 0
    const stack = await startStack()
    stack.server.fail(route, answer(401))
    const uploader = await stack.open({
      config: {
        headers: async () => {
          asked += 1
          return { Authorization: `Bearer ${asked}` }
        },
      },
    })
    const upload = await stack.start(uploader, SIZE)
    await stack.expectStored(await stack.finish(upload), SIZE)
    const [first, second, ...more] = stack.server.requests(route)
    expect(more).toEqual([])
    expect([first?.at, second?.at]).toEqual([0, 0])
    const tokens = [first, second].map((entry) => Number(entry?.headers.authorization?.slice(7)))
    expect(tokens[1]).toBe((tokens[0] ?? 0) + 1)
    expect(stack.server.requests('put').map(({ headers }) => headers.authorization)).toEqual(
      Array(4).fill(undefined),
    )
  })

  test('that answers 401 for ever fails', async () => {
    let token = 'old'
    const stack = await startStack()
    stack.server.fail(route, answer(401), { times: Number.POSITIVE_INFINITY })
    const uploader = await stack.open({
      config: { headers: () => ({ authorization: `Bearer token-${token}` }) },
    })
    const upload = await stack.start(uploader, SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'unauthorized', status: 401, call: route })
    expect(JSON.stringify([error, error.message, error.hint])).not.toContain('token-old')
    expect(stack.server.requests(route)).toHaveLength(2)
    token = 'new'
    await expectRecovery(stack, upload)
    expect(stack.server.requests(route).at(-1)?.headers.authorization).toBe('Bearer token-new')
  })

  test('that answers 401 to fixed headers is not asked again', async () => {
    const stack = await startStack()
    stack.server.fail(route, answer(401))
    const uploader = await stack.open({ config: { headers: { 'x-token': 'fixed-token' } } })
    const upload = await stack.start(uploader, SIZE)
    expect(await stack.failure(upload)).toMatchObject({ code: 'unauthorized', status: 401 })
    expect(stack.server.requests(route)).toHaveLength(1)
    expect(stack.server.requests(route)[0]?.headers['x-token']).toBe('fixed-token')
    await expectRecovery(stack, upload)
  })

  test('at a port where nothing listens fails, and goes on at another address', async () => {
    const stack = await startStack()
    const option = { start: 'startUploadApi', urls: 'getUploadUrlsApi', complete: 'completeApi' }
    const uploader = await stack.open({
      config: { [option[route]]: 'http://127.0.0.1:1/nothing?token=secret' },
    })
    const upload = await stack.start(uploader, SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'network_failed', call: route, retryable: true })
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.message).not.toContain('secret')
    uploader.setConfig(stack.config)
    await expectRecovery(stack, upload)
  })
})

describe.each(['start', 'urls'] as const)('an answer to %s', (route) => {
  test.each<[string, Fault, string[]]>([
    ['HTML', HTML, ['the body is not JSON (text/html)']],
    ['invalid JSON', answer(200, { body: '{"key": "k", ' }), ['the body is not JSON']],
    ['nothing', answer(204), ['the body is empty']],
    ['null', answerJson(200, null), ['body: expected object, received null']],
    ['an array', answerJson(200, []), ['body: expected object, received array']],
    ['a string', answerJson(200, 'ok'), ['body: expected object, received string']],
    ['32 MB', HUGE, ['the body is larger than 8 MiB']],
    ['32 MB in chunks', inChunks(HUGE), ['larger than 8388608 bytes']],
  ])('that is %s', async (_, fault, problems) => {
    const stack = await startStack()
    stack.server.fail(route, fault)
    const upload = await stack.start(await stack.open(), SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'response_invalid', call: route, retryable: false })
    for (const problem of problems) expect(error.message).toContain(problem)
    expect(stack.server.requests(route)).toHaveLength(1)
    expect(stack.server.requests('put')).toEqual([])
    await expectRecovery(stack, upload)
  })

  test('with more fields than asked for is fine', async () => {
    const stack = await startStack()
    stack.server.fail(
      route,
      alterJson((json) => ({ ...json, more: 1, __proto__: null })),
    )
    const upload = await stack.start(await stack.open(), SIZE)
    await stack.expectStored(await stack.finish(upload), SIZE)
  })
})

describe('the answer to start', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    [
      'without any field',
      { key: undefined, uploadId: undefined, partSize: undefined },
      ['key:', 'uploadId:', 'partSize:'],
    ],
    ['without key', { key: undefined }, ['key: expected non-empty string, received undefined']],
    ['with an empty uploadId', { uploadId: '' }, ['uploadId:', 'an empty string']],
    ['with a number for key', { key: 42 }, ['key: expected non-empty string, received 42']],
    ['with null for uploadId', { uploadId: null }, ['uploadId:', 'received null']],
    ['with a key that URLs cannot carry', { key: 'a/../b' }, ['key:']],
    ...[0, -1, 1.5, 2 ** 53, 1e300].map((partSize): [string, { partSize: number }, string[]] => [
      `with a partSize of ${partSize}`,
      { partSize },
      [`partSize: expected positive integer, received ${partSize}`],
    ]),
    ['with a partSize that is a string', { partSize: '5' }, ['partSize:', 'received string']],
    ['with a partSize of null', { partSize: null }, ['partSize:', 'received null']],
  ])('%s', async (_, fields, problems) => {
    const stack = await startStack()
    stack.server.fail(
      'start',
      alterJson((json) => ({ ...json, ...fields })),
    )
    const upload = await stack.start(await stack.open(), SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'response_invalid', status: 200, call: 'start' })
    for (const problem of problems) expect(error.message).toContain(problem)
    expect(stack.server.routes()).toEqual(['start'])
    await expectRecovery(stack, upload)
  })

  test('with a huge partSize makes one part', async () => {
    const stack = await startStack({ partSize: Number.MAX_SAFE_INTEGER })
    const upload = await stack.start(await stack.open(), SIZE)
    await stack.expectStored(await stack.finish(upload), SIZE)
    expect(stack.server.takenParts()).toEqual([1])
  })

  test('with a partSize that makes more than 10,000 parts', async () => {
    const stack = await startStack()
    stack.server.fail(
      'start',
      alterJson((json) => ({ ...json, partSize: 2 })),
    )
    const size = 20_001
    const uploader = await stack.open({ config: { abortApi: stack.abortApi } })
    const upload = await stack.start(uploader, size)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'too_many_parts', call: 'start', retryable: false })
    expect(error.message).toContain('10001 parts')
    expect(error.message).toContain('is 3')
    await stack.server.until(() => stack.server.requests('abort')[0]?.status !== undefined)
    expect(stack.server.routes()).toEqual(['start', 'abort'])
    expect(await stack.unfinished()).toEqual([])
    upload.retry()
    await stack.expectStored(await stack.finish(upload), size)
  })
})

describe('the answer to urls', () => {
  test.each<[string, (urls: Record<string, unknown>) => unknown, string]>([
    ['without urls', () => undefined, 'urls: expected object, received undefined'],
    ['with an array', (urls) => Object.values(urls), 'urls: expected object, received array'],
    ['with too few', ({ 1: first, 2: second }) => ({ 1: first, 2: second }), 'parts 3, 4'],
    ['with null', (urls) => ({ ...urls, 3: null }), 'urls.3: expected http(s) URL, received null'],
    ['with a path', (urls) => ({ ...urls, 3: '/parts/3' }), 'urls.3: expected http(s) URL'],
    ['with ftp:', (urls) => ({ ...urls, 3: 'ftp://127.0.0.1/3' }), 'urls.3: expected http(s) URL'],
    ['with javascript:', (urls) => ({ ...urls, 3: 'javascript:0' }), 'urls.3: expected http(s)'],
  ])('%s', async (_, alter, problem) => {
    const stack = await startStack()
    stack.server.fail(
      'urls',
      alterJson(({ urls }) => ({ urls: alter(urls as Record<string, unknown>) })),
    )
    const upload = await stack.start(await stack.open(), SIZE)
    const error = await stack.failure(upload)
    expect(error).toMatchObject({ code: 'response_invalid', status: 200, call: 'urls' })
    expect(error.message).toContain(problem)
    expect(error.message).not.toContain('X-Amz')
    expect(stack.server.routes()).toEqual(['start', 'urls'])
    await expectRecovery(stack, upload)
  })
})

describe('any 2xx to complete will do', () => {
  test.each<[string, Fault]>([
    ['HTML', HTML],
    ['nothing', answer(204)],
    ['201 and no JSON', answer(201, { body: '{' })],
    ['32 MB', answer(200, { body: Buffer.alloc(32 * 1024 * 1024) })],
    ['32 MB in chunks', inChunks(answer(200, { body: Buffer.alloc(32 * 1024 * 1024) }))],
  ])('%s', async (_, fault) => {
    const stack = await startStack()
    stack.server.fail('complete', fault)
    const upload = await stack.start(await stack.open(), SIZE)
    expect((await stack.finish(upload)).status).toBe('completed')
    expect(stack.server.requests('complete')).toHaveLength(1)
  })
})

test('endpoints are asked as configured where trailingSlash is false, queries included', async () => {
  const stack = await startStack()
  const { origin } = stack.server
  const uploader = await stack.open({
    config: {
      startUploadApi: `${origin}/start?tenant=a%20b`,
      getUploadUrlsApi: `${origin}/urls/?tenant=1`,
      completeApi: `${origin}/complete/?tenant=2`,
      trailingSlash: false,
    },
  })
  const upload = await stack.start(uploader, SIZE)
  const snapshot = await stack.finish(upload)
  await stack.expectStored(snapshot, SIZE)
  const path = (route: Route) => stack.server.requests(route)[0]?.path
  expect(path('start')).toBe('/start?tenant=a%20b')
  expect(path('urls')).toBe('/urls/?tenant=1')
  expect(path('complete')).toMatch(/^\/complete\/[0-9a-f]{32}\/.+\?tenant=2$/)
})
