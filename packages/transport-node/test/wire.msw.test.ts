import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import './loopback.ts'
import { openSource, part, testTransport } from './part.ts'
import { patternOf, temporaryFile } from './temporary-file.ts'

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

test('a part is a PUT with exactly its bytes', async () => {
  const bytes = patternOf(3_000_000)
  const seen: { headers: Record<string, string>; body: Buffer; url: string }[] = []
  server.use(
    http.put('https://bucket.s3.example/key', async ({ request }) => {
      seen.push({
        headers: Object.fromEntries(request.headers),
        body: Buffer.from(await request.arrayBuffer()),
        url: request.url,
      })
      return new HttpResponse(null, { headers: { ETag: '"abc"' } })
    }),
  )
  const source = await openSource(await temporaryFile(bytes))
  const url = 'https://bucket.s3.example/key?partNumber=2&X-Amz-Signature=f00'
  const answer = await source.put(part(source, url, { range: { start: 7, end: 2_500_007 } }))
  expect(answer).toMatchObject({ status: 200, headers: { etag: '"abc"' } })
  expect(seen).toHaveLength(1)
  expect(seen[0]?.url).toBe(url)
  expect(seen[0]?.body.equals(bytes.subarray(7, 2_500_007))).toBe(true)
  expect(seen[0]?.headers).toEqual({
    host: 'bucket.s3.example',
    'content-length': '2500000',
    connection: expect.any(String), // MSW's own agent decides
  })
})

test('a network error throws', async () => {
  server.use(http.put('https://bucket.s3.example/key', () => HttpResponse.error()))
  const source = await openSource(await temporaryFile('hello'))
  await expect(
    source.put(part(source, 'https://bucket.s3.example/key?secret')),
  ).rejects.not.toMatchObject({ message: expect.stringContaining('secret') })
})

test('a control call is a POST of its body with the headers it was given', async () => {
  const seen: unknown[] = []
  server.use(
    http.post('https://api.example/start/', async ({ request }) => {
      seen.push(Object.fromEntries(request.headers), await request.json())
      return HttpResponse.json({ key: 'k' }, { status: 201, headers: { 'X-Id': '1' } })
    }),
  )
  const answer = await testTransport().platform?.fetch?.('https://api.example/start/', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer t' },
    body: JSON.stringify({ fileName: 'ä' }),
    signal: new AbortController().signal,
    redirect: 'manual',
  })
  expect(answer?.status).toBe(201)
  expect(answer?.headers.get('x-ID')).toBe('1')
  expect(answer?.headers.get('x-none')).toBeNull()
  expect(await answer?.text()).toBe('{"key":"k"}')
  expect(seen).toEqual([
    {
      host: 'api.example',
      'content-type': 'application/json',
      authorization: 'Bearer t',
      'accept-encoding': 'identity',
      'content-length': '17',
      connection: expect.any(String),
    },
    { fileName: 'ä' },
  ])
})
