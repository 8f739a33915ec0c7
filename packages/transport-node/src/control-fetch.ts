import type { ClientRequest, IncomingMessage } from 'node:http'
import { type Fetch, UploadError } from '@s3-bg-uploader/core'
import { answerTo } from './answer.ts'
import type { Connections } from './connections.ts'
import { withEnding } from './ending.ts'
import { parseTarget } from './target.ts'

/** Bytes of an answer that are accepted: thousands of presigned URLs fit, an endless one ends. */
const ANSWER_BYTES = 8 * 1024 * 1024

const utf8 = new TextDecoder()

/**
 * Sends control calls over the connections, and so through the proxies, that the parts use.
 *
 * It resolves once the whole answer is there; should its body break off or be larger than 8 MiB,
 * `text()` rejects, while status and headers stand.
 */
export function createControlFetch(connections: Connections): Fetch {
  return (url, { method, headers, body, signal }) =>
    withEnding(signal, async (ending) => {
      const target = parseTarget(url)
      if (typeof target === 'string')
        throw new UploadError('config_invalid', `The URL of an endpoint ${target}`)
      const bytes = Buffer.from(body)
      const request = connections.request(
        target,
        method,
        { ...headers, 'accept-encoding': 'identity', 'content-length': `${bytes.length}` },
        ending,
      )
      const answering = answerTo(request, (message) => collect(request, message))
      request.end(bytes)
      const answer = await answering
      await answer.body.catch(() => {})
      return {
        status: answer.status,
        headers: { get: (name) => answer.headers[name.toLowerCase()] ?? null },
        text: () => answer.body,
      }
    })
}

/** Reads an answer to its end and waits until its connection is free for the next request. */
function collect(request: ClientRequest, message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let total = 0
    const done = () => resolve(utf8.decode(Buffer.concat(chunks)))
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      total += chunk.length
      if (total > ANSWER_BYTES) {
        reject(
          new UploadError('response_invalid', `The answer is larger than ${ANSWER_BYTES} bytes`),
        )
        request.destroy()
      }
    })
    message.on('error', reject)
    message.on('end', () => {
      if (!request.writableFinished) done()
    })
    request.on('close', () => {
      if (message.complete) done()
      else reject(new Error('The connection closed in the middle of an answer'))
    })
  })
}
