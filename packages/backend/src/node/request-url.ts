import type { IncomingMessage } from 'node:http'

/** The URL that a request is for, or undefined where what the client sent makes none. */
export function requestUrl(request: IncomingMessage): URL | undefined {
  const target = requestTarget(request)
  const scheme = 'encrypted' in request.socket && request.socket.encrypted ? 'https' : 'http'
  const origin = `${scheme}://${request.headers.host ?? 'localhost'}`
  // Put together rather than resolved: a path that starts with two slashes is not a host.
  const text = target.startsWith('/') ? origin + target : target
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}

/** As the client sent it: Express and Connect cut the path off at which a listener is mounted. */
function requestTarget(request: IncomingMessage): string {
  return 'originalUrl' in request && typeof request.originalUrl === 'string'
    ? request.originalUrl
    : (request.url ?? '')
}
