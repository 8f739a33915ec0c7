/**
 * A backend and a storage for pages, on two origins, in a process of their own. Parts are read,
 * forgotten and answered with an ETag; a urls call takes as long as it is told, and so does a PUT
 * once its bytes are there. It also speaks as much of S3's XML as Uppy's multipart uploads need.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

const [partSize = 0, delayMs = 0] = process.argv.slice(2).map(Number)
const [script] = (await once(process, 'message')) as [string]

const ANY_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'PUT, POST',
  'access-control-allow-headers': '*',
  'access-control-expose-headers': 'ETag',
  'access-control-max-age': '600',
}

async function answerStorage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'PUT') {
    for await (const _ of request);
    await pause(delayMs)
    response.writeHead(200, { ...ANY_ORIGIN, etag: '"0"' }).end()
    return
  }
  for await (const _ of request);
  const xml = request.url?.includes('uploads')
    ? '<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>key</Key><UploadId>upload</UploadId></InitiateMultipartUploadResult>'
    : '<CompleteMultipartUploadResult><Location>/key</Location><Bucket>b</Bucket><Key>key</Key><ETag>"0"</ETag></CompleteMultipartUploadResult>'
  const body = request.method === 'POST' ? xml : ''
  response.writeHead(200, { ...ANY_ORIGIN, 'content-type': 'application/xml' }).end(body)
}

async function answerBackend(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '/' } = request
  const json = (value: object): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
  if (request.method === 'GET') {
    const isScript = url === '/script.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' })
    response.end(
      isScript
        ? script
        : '<!doctype html><input type="file"><script type="module" src="/script.js"></script>',
    )
    return
  }
  const body = await text(request)
  if (url.startsWith('/start')) return json({ key: 'key', uploadId: 'upload', partSize })
  if (url.startsWith('/complete')) return json({})
  await pause(delayMs)
  if (url.startsWith('/sign')) {
    return json({ url: `${origin(storage)}/key?${new URLSearchParams(JSON.parse(body))}` })
  }
  const { parts } = JSON.parse(body) as { readonly parts: readonly number[] }
  const urls = parts.map((part) => [part, `${origin(storage)}/key?partNumber=${part}`])
  json({ urls: Object.fromEntries(urls) })
}

function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  return createServer((request, response) => {
    // A page that goes away in the middle of a request is the end of the run anyway.
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  }).listen(0, '127.0.0.1')
}

function origin(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const storage = serve(answerStorage)
const backend = serve(answerBackend)
await Promise.all([once(storage, 'listening'), once(backend, 'listening')])
process.send?.({ backend: origin(backend), storage: origin(storage) })
process.on('disconnect', () => process.exit())
