import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { type MockBackend, type MockBackendOptions, mockBackend } from '@s3-bg-uploader/testkit/msw'
import { getResponse } from 'msw'
import { listen } from './listen.ts'

/** A request as it came over the wire. */
export interface Arrival {
  readonly method: string
  /** Byte by byte as in the request line. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** The mock backend behind two origins of its own on loopback, for clients that are no Node. */
export interface ServedBackend {
  /** Its faults, its transcript and its `next` are as ever. */
  readonly mock: MockBackend
  readonly storageOrigin: string
  /** What came to the storage, preflights included, in the order of arrival. */
  readonly storageArrivals: readonly Arrival[]
  close(): Promise<void>
}

export interface ServedBackendOptions extends Omit<MockBackendOptions, 'exposeEtag'> {
  /** False: the storage's CORS rule has no `ExposeHeaders`; the ETag is sent all the same. */
  readonly exposesHeaders?: boolean
}

/** Serves a mock backend over real sockets. */
export async function serveBackend(options: ServedBackendOptions = {}): Promise<ServedBackend> {
  const { exposesHeaders = true, ...rest } = options
  const storageArrivals: Arrival[] = []
  const control = await listen((request, response) => answer(request, response, control.origin))
  const storage = await listen((request, response) => {
    const { method = '', url = '', headers } = request
    storageArrivals.push({ method, target: url, headers })
    answer(request, response, storage.origin)
  })
  const mock = mockBackend({
    ...rest,
    backendUrl: control.origin,
    storageUrl: storage.origin,
  })

  function answer(request: IncomingMessage, response: ServerResponse, origin: string): void {
    // A client that goes away is no failure of the server.
    request.on('error', () => {})
    response.on('error', () => {})
    getResponse([...mock.handlers], webRequest(request, response, origin))
      .then((answered) => send(answered, request, response))
      .catch(() => request.socket.destroy())
  }

  async function send(
    answered: Response | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (answered === undefined || answered.type === 'error') {
      request.socket.resetAndDestroy()
      return
    }
    if (!exposesHeaders) answered.headers.delete('access-control-expose-headers')
    response.writeHead(answered.status, Object.fromEntries(answered.headers))
    for await (const chunk of answered.body ?? []) response.write(chunk)
    response.end()
    // What was refused before its end is read to its end, so that the client hears the refusal.
    request.resume()
  }

  return {
    mock,
    storageOrigin: storage.origin,
    storageArrivals,
    async close() {
      // Lets go what is held, which keeps connections open.
      mock.reset()
      await Promise.all([control.close(), storage.close()])
    },
  }
}

function webRequest(incoming: IncomingMessage, outgoing: ServerResponse, origin: string): Request {
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  const gone = new AbortController()
  outgoing.on('close', () => gone.abort())
  const init = { method, headers, signal: gone.signal }
  const url = origin + incoming.url
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return new Request(url, init)
  const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array>
  const streamed = { ...init, body, duplex: 'half' }
  return new Request(url, streamed)
}
