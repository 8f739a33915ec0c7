import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import type { ServerSettings } from './settings.ts'

let uploads = 0

/** The control calls of the contract (DESIGN §2) at the least cost. */
export async function answerControlCall(
  request: IncomingMessage,
  response: ServerResponse,
  settings: ServerSettings,
): Promise<void> {
  const body = JSON.parse(await text(request)) as Record<string, unknown>
  if (request.url?.startsWith('/urls')) await setTimeout(settings.urlsDelayMs)
  const answer = JSON.stringify(answerTo(request, body, settings))
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer),
  })
  response.end(answer)
}

function answerTo(
  { url = '', headers }: IncomingMessage,
  body: Record<string, unknown>,
  { partSize, secure }: ServerSettings,
): object {
  if (url.startsWith('/start')) {
    uploads += 1
    return { key: `${body.fileName}`, uploadId: `upload-${uploads}`, partSize }
  }
  if (!url.startsWith('/urls')) return {}
  const base = `${secure ? 'https' : 'http'}://${headers.host}/bucket/${body.key}`
  const parts = body.parts as readonly number[]
  const urls = parts.map((part) => [part, `${base}?partNumber=${part}&uploadId=${body.uploadId}`])
  return { urls: Object.fromEntries(urls) }
}
