import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import type { UploaderConfig } from '@s3-bg-uploader/core'
import { listen } from './listen.ts'

/**
 * The contract for one large file, in as little work as it takes, so that what is measured is the
 * page: of every part it keeps a digest.
 */
export interface DiscardingBackend {
  readonly config: UploaderConfig
  /** SHA-1 of the parts that the complete call named, in that order. */
  readonly completed: readonly string[]
  close(): Promise<void>
}

export async function serveDiscarding(partSize: number): Promise<DiscardingBackend> {
  const parts = new Map<number, string>()
  const completed: string[] = []
  const storage = await listen((request, response) => answer(request, response, putPart))
  const control = await listen((request, response) => answer(request, response, controlCall))

  async function putPart(request: IncomingMessage, response: ServerResponse): Promise<string> {
    const hash = createHash('sha1')
    for await (const chunk of request) hash.update(chunk)
    const etag = hash.digest('hex')
    parts.set(Number(request.url?.split('/').at(-1)), etag)
    response.setHeader('ETag', `"${etag}"`)
    return ''
  }

  async function controlCall(request: IncomingMessage): Promise<string> {
    const body = (await json(request)) as {
      parts: readonly (number & { readonly PartNumber: number; readonly ETag: string })[]
    }
    switch (request.url?.split('/')[1]) {
      case 'start':
        return JSON.stringify({ key: 'film.mov', uploadId: '1', partSize })
      case 'urls': {
        const urls = body.parts.map((number) => [number, `${storage.origin}/part/${number}`])
        return JSON.stringify({ urls: Object.fromEntries(urls) })
      }
      default:
        for (const { PartNumber, ETag } of body.parts) {
          const etag = parts.get(PartNumber)
          if (etag !== ETag) throw new Error(`Part ${PartNumber} is another`)
          completed.push(etag)
        }
        return '{}'
    }
  }

  return {
    config: {
      startUploadApi: `${control.origin}/start`,
      getUploadUrlsApi: `${control.origin}/urls`,
      completeApi: `${control.origin}/complete`,
    },
    completed,
    async close() {
      await Promise.all([control.close(), storage.close()])
    },
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  work: (request: IncomingMessage, response: ServerResponse) => Promise<string>,
): void {
  response.setHeader('Access-Control-Allow-Origin', '*')
  response.setHeader('Access-Control-Expose-Headers', 'ETag')
  if (request.method === 'OPTIONS') {
    response.setHeader('Access-Control-Allow-Methods', 'POST, PUT')
    response.setHeader('Access-Control-Allow-Headers', '*')
    response.setHeader('Access-Control-Max-Age', '7200')
    response.writeHead(204).end()
    return
  }
  work(request, response).then(
    (body) => response.end(body),
    (error: unknown) => response.writeHead(400).end(String(error)),
  )
}
