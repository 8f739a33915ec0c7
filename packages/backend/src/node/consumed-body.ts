import type { IncomingMessage } from 'node:http'

/**
 * The body of a request that something in front has read already, as far as it is left: Express and its
 * kin leave it in `body`. `undefined` when nobody has read it, `'lost'` when it cannot be had any more.
 *
 * A parsed JSON body is written anew, so that endpoints work behind `express.json()`. That is the same
 * JSON, but not the same bytes, so it never stands for a part: parts are not sent by POST.
 */
export function consumedBody(request: IncomingMessage): Uint8Array | 'lost' | undefined {
  if (!request.readableDidRead && !request.readableEnded) return undefined
  const left = 'body' in request ? request.body : undefined
  if (left instanceof Uint8Array) return left
  if (left !== undefined && request.method === 'POST' && isJson(request)) {
    return new TextEncoder().encode(JSON.stringify(left))
  }
  return hasBody(request) ? 'lost' : new Uint8Array()
}

function isJson({ headers }: IncomingMessage): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headers['content-type'] ?? '')
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
