import { createUploader } from '@s3-bg-uploader/core'
import { nodeTransport } from '@s3-bg-uploader/transport-node'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { patternOf, sourceFile } from './stack.ts'

const wire = setupServer()
beforeAll(() => wire.listen({ onUnhandledRequest: 'error' }))
afterEach(() => wire.resetHandlers())
afterAll(() => wire.close())

/** A key and an id of which every character has a meaning somewhere. */
const KEY = 'a folder/ä+b%2F?c&d=e#f.bin'
const UPLOAD_ID = 'id/with+all=~.-_'
const SIGNED =
  'https://bucket.s3.eu-central-1.amazonaws.com/a%20folder/%C3%A4%2Bb.bin?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20260101&x-id=UploadPart&partNumber='

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Answers as a backend and a bucket do, and notes what came. */
function serveWholeContract(): Seen[] {
  const seen: Seen[] = []
  const note = async (request: Request) => {
    const { method, url, headers } = request
    const body = Buffer.from(await request.arrayBuffer())
    seen.push({ method, url, headers: Object.fromEntries(headers), body })
    return body
  }
  wire.use(
    http.post('https://api.example/v1/start/', async ({ request }) => {
      await note(request)
      return HttpResponse.json({ key: KEY, uploadId: UPLOAD_ID, partSize: 1000 })
    }),
    http.post('https://api.example/v1/urls/', async ({ request }) => {
      const { parts } = JSON.parse((await note(request)).toString()) as { parts: number[] }
      return HttpResponse.json({
        urls: Object.fromEntries(parts.map((part) => [part, `${SIGNED}${part}`])),
      })
    }),
    http.put('https://bucket.s3.eu-central-1.amazonaws.com/*', async ({ request }) => {
      await note(request)
      const part = new URL(request.url).searchParams.get('partNumber')
      return new HttpResponse(null, { headers: { ETag: `"etag-${part}"` } })
    }),
    http.post('https://api.example/v1/complete/*', async ({ request }) => {
      await note(request)
      return new HttpResponse(null, { status: 204 })
    }),
  )
  return seen
}

test('one upload, request by request', async () => {
  const seen = serveWholeContract()
  const uploader = await createUploader({
    transport: nodeTransport(),
    concurrency: 1,
    config: {
      startUploadApi: 'https://api.example/v1/start',
      getUploadUrlsApi: 'https://api.example/v1/urls///?tenant=a%20b',
      completeApi: 'https://api.example/v1/complete/',
      headers: () => ({ Authorization: 'Bearer token', 'X-Tenant': 'ä' }),
    },
  })
  onTestFinished(() => uploader.close())
  const bytes = patternOf(2500)
  const upload = await uploader.uploadFile(await sourceFile(bytes, 'ünï 1.bin'), {
    userParams: { albumId: '42', tags: ['x'] },
  })
  const { fileHash } = await upload.done

  const control = (length: number) => ({
    host: 'api.example',
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: 'Bearer token',
    'x-tenant': 'ä',
    'accept-encoding': 'identity',
    'content-length': String(length),
    connection: expect.any(String), // MSW's own agent decides
  })
  const start = `{"fileName":"ünï 1.bin","fileHash":"${fileHash}","fileSize":2500,"albumId":"42","tags":["x"]}`
  const urls = JSON.stringify({ key: KEY, uploadId: UPLOAD_ID, parts: [1, 2, 3] })
  const complete = JSON.stringify({
    parts: [1, 2, 3].map((part) => ({ PartNumber: part, ETag: `etag-${part}` })),
  })
  const post = (url: string, body: string) => ({
    method: 'POST',
    url,
    headers: control(Buffer.byteLength(body)),
    body: Buffer.from(body),
  })
  const put = (part: number) => {
    const body = bytes.subarray((part - 1) * 1000, part * 1000)
    return {
      method: 'PUT',
      url: `${SIGNED}${part}`,
      // No content type, which would have to be signed, and nothing of the app's own headers.
      headers: {
        host: 'bucket.s3.eu-central-1.amazonaws.com',
        'content-length': String(body.length),
        connection: expect.any(String),
      },
      body: Buffer.from(body),
    }
  }
  expect(seen).toEqual([
    post('https://api.example/v1/start/', start),
    post('https://api.example/v1/urls/?tenant=a%20b', urls),
    put(1),
    put(2),
    put(3),
    post(
      'https://api.example/v1/complete/id%2Fwith%2Ball%3D~.-_/a%20folder/%C3%A4%2Bb%252F%3Fc%26d%3De%23f.bin',
      complete,
    ),
  ])
})

test('an empty file is one PUT without a body', async () => {
  const seen = serveWholeContract()
  const uploader = await createUploader({
    transport: nodeTransport(),
    config: {
      startUploadApi: 'https://api.example/v1/start/',
      getUploadUrlsApi: 'https://api.example/v1/urls/',
      completeApi: 'https://api.example/v1/complete',
    },
  })
  onTestFinished(() => uploader.close())
  const upload = await uploader.uploadFile(await sourceFile(Buffer.alloc(0)))
  await upload.done
  const puts = seen.filter(({ method }) => method === 'PUT')
  expect(puts).toEqual([
    {
      method: 'PUT',
      url: `${SIGNED}1`,
      headers: {
        host: 'bucket.s3.eu-central-1.amazonaws.com',
        'content-length': '0',
        connection: expect.any(String),
      },
      body: Buffer.alloc(0),
    },
  ])
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill(undefined))
})
