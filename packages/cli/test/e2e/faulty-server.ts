import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { NodeHandler } from '@s3-bg-uploader/backend/node'
import { nodeListener } from '@s3-bg-uploader/backend/node'
import type { VirtualClock } from './virtual-clock.ts'

export type Route = 'start' | 'urls' | 'put' | 'complete' | 'list' | 'abort'

/** What the server saw of one request, and what it answered. */
export interface Entry {
  readonly route: Route
  readonly method: string
  /** As it stood in the request line. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Of the PUT of a part. */
  readonly part: number | undefined
  /** Virtual milliseconds. */
  readonly at: number
  /** Bytes of the body that arrived. */
  bytes: number
  /** The body of a control call, parsed. */
  body: Record<string, unknown> | undefined
  /** Undefined as long as nothing was answered, and for ever if the connection broke. */
  status: number | undefined
}

/** A request on its way to the backend. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Gives the request to the real backend. */
  pass(): void
}

/** What happens to one request instead of going to the backend at once. */
export type Fault = (exchange: Exchange) => void

interface Planned {
  readonly fault: Fault
  readonly part: number | undefined
  times: number
}

/** The real backend behind a layer of faults, with a transcript of every request. */
export class FaultyServer {
  readonly transcript: Entry[] = []
  readonly #backend: (request: IncomingMessage, response: ServerResponse) => void
  readonly #clock: VirtualClock
  readonly #skewMs: number
  readonly #plan: Record<Route, Planned[]> = {
    start: [],
    urls: [],
    put: [],
    complete: [],
    list: [],
    abort: [],
  }
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #watchers: (() => void)[] = []

  /** @param skewMs how far the server's clock is ahead. */
  constructor(handler: NodeHandler, clock: VirtualClock, skewMs: number) {
    this.#backend = nodeListener(handler)
    this.#clock = clock
    this.#skewMs = skewMs
    this.#server = createServer((request, response) => this.#serve(request, response))
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        this.#changed()
      })
    })
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get openConnections(): number {
    return this.#sockets.size
  }

  /**
   * Plans a fault for the next requests of a route, after those that were planned before.
   *
   * @param part Only requests for this part.
   */
  fail(
    route: Route,
    fault: Fault,
    { times = 1, part }: { times?: number; part?: number } = {},
  ): void {
    this.#plan[route].push({ fault, part, times })
  }

  /** Forgets all faults that are still planned. */
  mend(): void {
    for (const planned of Object.values(this.#plan)) planned.length = 0
  }

  /** The requests of a route, in the order in which they came. */
  requests(route: Route): Entry[] {
    return this.transcript.filter((entry) => entry.route === route)
  }

  /** The routes in the order in which their requests came. */
  routes(): Route[] {
    return this.transcript.map(({ route }) => route)
  }

  /** Numbers of the parts that were taken with a 200, ascending; one that was sent twice is there twice. */
  takenParts(): number[] {
    return this.requests('put')
      .filter(({ status }) => status === 200)
      .map(({ part }) => part ?? 0)
      .sort((a, b) => a - b)
  }

  /** Resolves when `condition` is true; looked at whenever a request comes, is answered, or ends. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return
        this.#watchers = this.#watchers.filter((watcher) => watcher !== look)
        resolve()
      }
      this.#watchers.push(look)
      look()
    })
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      for (const socket of this.#sockets) socket.destroy()
    })
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const entry = this.#note(request, response)
    response.sendDate = false
    response.setHeader('date', new Date(this.#clock.wall() + this.#skewMs).toUTCString())
    const fault = this.#take(entry)
    const pass = () => this.#backend(request, response)
    if (fault === undefined) return pass()
    request.on('error', () => {})
    response.on('error', () => {})
    fault({ request, response, pass })
  }

  #take({ route, part }: Entry): Fault | undefined {
    const plan = this.#plan[route]
    const planned = plan.find((other) => other.part === undefined || other.part === part)
    if (planned === undefined) return undefined
    planned.times -= 1
    if (planned.times === 0) plan.splice(plan.indexOf(planned), 1)
    return planned.fault
  }

  #note(request: IncomingMessage, response: ServerResponse): Entry {
    const { method = '', url: path = '' } = request
    const route = routeOf(path)
    const entry: Entry = {
      route,
      method,
      path,
      headers: request.headers as Record<string, string>,
      part: route === 'put' ? Number(/\/(\d+)\?/.exec(path)?.[1]) : undefined,
      at: this.#clock.now(),
      bytes: 0,
      body: undefined,
      status: undefined,
    }
    this.transcript.push(entry)
    // Listening for data would set the body flowing before the backend reads it.
    const chunks: Buffer[] = []
    const push = request.push.bind(request)
    request.push = (chunk: Buffer | null, encoding) => {
      if (chunk !== null) {
        entry.bytes += chunk.length
        if (route !== 'put') chunks.push(chunk)
      } else if (chunks.length > 0) {
        entry.body = JSON.parse(Buffer.concat(chunks).toString())
      }
      setImmediate(() => this.#changed())
      return push(chunk, encoding)
    }
    response.on('finish', () => {
      entry.status = response.statusCode
      this.#changed()
    })
    response.on('close', () => this.#changed())
    this.#changed()
    return entry
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
  }
}

function routeOf(path: string): Route {
  const name = path.split(/[/?]/)[1]
  switch (name) {
    case 'start':
    case 'urls':
    case 'complete':
    case 'abort':
      return name
    case 'list-parts':
      return 'list'
    case 'parts':
      return 'put'
    default:
      throw new Error(`No test should send a request to ${path}`)
  }
}
