import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { fetchTransport } from '../src/index.ts'
import { part } from './part.ts'

const URL_OF_PART = 'https://bucket.s3.example/key?partNumber=2&X-Amz-Signature=c0ffee5ec2e7'

const wire = setupServer()
beforeAll(() => wire.listen({ onUnhandledRequest: 'error' }))
afterEach(() => {
  wire.resetHandlers()
  vi.unstubAllGlobals()
})
afterAll(() => wire.close())

const file = new File(['a video, in a way'], 'video.mp4', { type: 'video/mp4' })

test('a part is a PUT of its bytes, with nothing that was not signed', async () => {
  const seen: unknown[] = []
  wire.use(
    http.put('https://bucket.s3.example/key', async ({ request }) => {
      const { url, credentials, redirect, referrerPolicy } = request
      seen.push({ url, credentials, redirect, referrerPolicy, body: await request.text() })
      seen.push(Object.fromEntries(request.headers))
      return new HttpResponse(null, { headers: { ETag: '"abc"', 'X-Other': 'Value' } })
    }),
  )
  const source = await fetchTransport().open(file)
  const answer = await source.put(part(URL_OF_PART, 7, { range: { start: 2, end: 7 } }))
  expect(answer).toEqual({ status: 200, headers: { etag: '"abc"', 'x-other': 'Value' } })
  expect(seen).toEqual([
    {
      url: URL_OF_PART,
      credentials: 'omit',
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      body: 'video',
    },
    // What the wire adds, the conformance suite looks at.
    {},
  ])
})

describe('an error of fetch', () => {
  /** What other runtimes throw, with all that they show of the request. */
  function failWith(error: unknown): void {
    vi.stubGlobal('fetch', () => Promise.reject(error))
  }

  async function thrown(): Promise<unknown> {
    const source = await fetchTransport().open(file)
    return source.put(part(URL_OF_PART, 5)).catch((error: unknown) => error)
  }

  test('does not show the URL, wherever the platform put it', async () => {
    const cause = Object.assign(new Error(`at ${URL_OF_PART}`), { code: 'ECONNREFUSED' })
    failWith(
      Object.assign(new TypeError(`sending to ${URL_OF_PART}`, { cause }), { url: URL_OF_PART }),
    )
    const error = await thrown()
    expect(error).toMatchObject({ message: 'fetch failed', code: 'ECONNREFUSED' })
    expect(error).not.toHaveProperty('cause')
    expect(JSON.stringify(error) + (error as Error).stack).not.toContain('c0ffee')
  })

  test.each([
    [Object.assign(new Error('x'), { code: 'ConnectionRefused' }), 'ConnectionRefused'],
    [new TypeError('x'), undefined],
    ['a string', undefined],
    [undefined, undefined],
    [Object.assign(new Error('x'), { code: 20 }), undefined],
  ])('keeps its code: %s', async (error, code) => {
    failWith(error)
    expect(await thrown()).toSatisfy((told: Error & { code?: string }) => told.code === code)
  })
})

test('a redirect that the browser hides is a broken exchange', async () => {
  const hidden = new Response()
  Object.defineProperties(hidden, { type: { value: 'opaqueredirect' }, status: { value: 0 } })
  vi.stubGlobal('fetch', async () => hidden)
  const source = await fetchTransport().open(file)
  await expect(source.put(part(URL_OF_PART, 5))).rejects.toThrow('redirect')
})

test('of a long answer the first 4,096 characters are handed on', async () => {
  const body = 'ü'.repeat(5000)
  wire.use(http.put('https://bucket.s3.example/key', () => new HttpResponse(body, { status: 403 })))
  const source = await fetchTransport().open(file)
  const answer = await source.put(part(URL_OF_PART, 5))
  expect(answer.body).toBe('ü'.repeat(4096))
})

describe('an answer that does not come to its end', () => {
  /** Answers with the beginning of a body, and then breaks off. */
  function answerAndBreak(status: number, breakOff: () => unknown): void {
    let pulls = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (pulls++ === 0) controller.enqueue(new TextEncoder().encode('<Error><Code>'))
          else controller.error(breakOff())
        },
      },
      { highWaterMark: 0 },
    )
    vi.stubGlobal('fetch', async () => new Response(body, { status, headers: { ETag: '"abc"' } }))
  }

  test.each([
    [200, undefined],
    [403, '<Error><Code>'],
  ])('is that answer all the same: %i', async (status, body) => {
    answerAndBreak(status, () => new TypeError('terminated'))
    const source = await fetchTransport().open(file)
    expect(await source.put(part(URL_OF_PART, 5))).toMatchObject({
      status,
      headers: { etag: '"abc"' },
      ...(body === undefined ? {} : { body }),
    })
  })

  test('because it was aborted, rejects with the reason', async () => {
    const abort = new AbortController()
    const reason = new Error('Paused')
    answerAndBreak(200, () => {
      abort.abort(reason)
      return reason
    })
    const source = await fetchTransport().open(file)
    const putting = source.put(part(URL_OF_PART, 5, { signal: abort.signal }))
    await expect(putting).rejects.toBe(reason)
  })
})

test('a put that is aborted rejects with the reason', async () => {
  const abort = new AbortController()
  const reason = new Error('Paused')
  wire.use(
    http.put('https://bucket.s3.example/key', () => {
      abort.abort(reason)
      return new Promise<never>(() => {})
    }),
  )
  const source = await fetchTransport().open(file)
  const putting = source.put(part(URL_OF_PART, 5, { signal: abort.signal }))
  await expect(putting).rejects.toBe(reason)
})
