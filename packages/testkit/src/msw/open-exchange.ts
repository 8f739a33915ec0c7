import type { OpenExchange } from './exchange.ts'
import { readNames } from './identify.ts'
import type { Server } from './server.ts'

/** What the transcript knows of a request before its body was read. */
export function openExchange(request: Request, server: Server): OpenExchange {
  const url = new URL(request.url)
  const { route, part, uploadId, key } = server.identify(url)
  return {
    number: 0,
    route,
    method: request.method,
    url: url.origin + url.pathname,
    query: server.side === 'backend' ? url.search : '',
    headers: Object.fromEntries(request.headers),
    json: undefined,
    bytes: 0,
    md5: undefined,
    part,
    parts: part === undefined ? [] : [part],
    uploadId,
    key,
    outcome: 'pending',
    status: undefined,
    effect: undefined,
    faults: [],
  }
}

/** A control call is known by its body. */
export function readControlBody(exchange: OpenExchange, bytes: Uint8Array): void {
  exchange.json = parseJson(new TextDecoder().decode(bytes))
  const { uploadId, key, parts } = readNames(exchange.json)
  exchange.uploadId ??= uploadId
  exchange.key ??= key
  exchange.parts = parts
}

/** Undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
