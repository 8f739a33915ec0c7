import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PartRequest } from '../handler.ts'
import { consumedBody } from './consumed-body.ts'
import { drainRequest } from './drain-request.ts'
import { requestUrl } from './request-url.ts'
import { sendResponse } from './send-response.ts'
import { webRequest } from './web-request.ts'

/** A web-standard handler; with `servePart` (see `UploadHandler`) parts take the fast way. */
export interface NodeHandler {
  (request: Request): Promise<Response>
  /** As that of `UploadHandler`. */
  readonly servePart?: (request: PartRequest) => Promise<Response> | undefined
}

/**
 * A listener for the `request` event of node:http and node:https servers, and for `app.use` of Express
 * and Connect, where `basePath` of the handler is the path at which it is mounted.
 *
 * Bodies stream in both directions. A client that goes away aborts `request.signal` and never makes the
 * process fail. Part bodies are handed to `handler.servePart` as Node streams. A body that was read by
 * something in front is taken from there, and answered with a 500 that says so where that cannot be.
 */
export function nodeListener(
  handler: NodeHandler,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, outgoing) => {
    // Without listeners, a client that goes away would end the process.
    incoming.on('error', () => {})
    outgoing.on('error', () => {})
    serve(handler, incoming, outgoing).catch(() => {
      if (outgoing.headersSent) {
        outgoing.destroy()
      } else {
        outgoing.statusCode = 500
        outgoing.end()
      }
    })
  }
}

async function serve(
  handler: NodeHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const response = await answer(handler, incoming, outgoing)
  await sendResponse(response, outgoing)
  drainRequest(incoming)
}

async function answer(
  handler: NodeHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<Response> {
  const url = requestUrl(incoming)
  if (url === undefined) return refusal(400, 'InvalidRequest', 'The request is for no valid URL.')
  const method = incoming.method ?? 'GET'
  // `fetch` forbids it, so that no web-standard Request can be made of it.
  if (method === 'TRACE') return refusal(405, 'MethodNotAllowed', 'TRACE is not served.')
  const consumed = consumedBody(incoming)
  if (consumed === 'lost') {
    return refusal(
      500,
      'InternalError',
      'The body was read before it came to the upload handler, which must stand in front of body parsers.',
    )
  }
  const body = consumed === undefined ? unread(incoming) : once(consumed)
  const headers = {
    get: (name: string) => incoming.headersDistinct[name.toLowerCase()]?.join(', ') ?? null,
  }
  const part = handler.servePart?.({ method, url, headers, body })
  if (part !== undefined) return part
  const gone = new AbortController()
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  return handler(webRequest(incoming, url, body, gone.signal))
}

/** Whoever stops reading early must not destroy the connection that the answer takes. */
function unread(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false }) }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function refusal(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status })
}
