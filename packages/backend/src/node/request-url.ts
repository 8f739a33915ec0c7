import type { IncomingMessage } from 'node:http'

/** The URL that a request is for, or undefined where what the client sent makes none. */
export function requestUrl(request: IncomingMessage): URL | undefined {
  const target = request.url ?? ''
  const scheme = 'encrypted' in request.socket && request.socket.encrypted ? 'https' : 'http'
  const origin = `${scheme}://${request.headers.host ?? 'localhost'}`
  // Put together rather than resolved: a path that starts with two slashes is not a host.
  const text = target.startsWith('/') ? origin + target : target
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}
