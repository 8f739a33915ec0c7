import type { IncomingMessage } from 'node:http'

/** A Node request as a web one. The body streams as it is read. */
export function webRequest(
  request: IncomingMessage,
  url: URL,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Request {
  const method = request.method ?? 'GET'
  const headers = new Headers()
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers, signal })
  return new Request(url, {
    method,
    headers,
    signal,
    body: ReadableStream.from(body),
    duplex: 'half',
  })
}
