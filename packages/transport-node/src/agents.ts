import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import type { Ending } from './ending.ts'
import { readBeforeFailing } from './late-answer.ts'
import type { HttpProxy } from './proxy.ts'

/** What a request may add for the agents below. */
export interface OpeningOptions {
  /** Ends a tunnel that is still being opened: the request cannot, as it has no socket yet. */
  readonly opening?: Ending
}

type Opened = (error: Error | null, socket: Duplex) => void

/** Keeps connections alive; they do not keep the process alive while idle. */
export class PlainAgent extends http.Agent {
  constructor() {
    super({ keepAlive: true })
  }

  override createConnection(options: http.ClientRequestArgs, opened?: Opened): Duplex {
    return readBeforeFailing(super.createConnection(options, opened))
  }
}

/** The same over TLS. */
export class SecureAgent extends https.Agent {
  constructor(tls: https.AgentOptions = {}) {
    super({ ...tls, keepAlive: true })
  }

  override createConnection(options: http.ClientRequestArgs, opened?: Opened): Duplex {
    return readBeforeFailing(super.createConnection(options, opened))
  }
}

/** The same over TLS inside a tunnel that a proxy opens with CONNECT. */
export class TunnelAgent extends SecureAgent {
  readonly #proxy: HttpProxy
  readonly #tls: https.AgentOptions

  constructor(proxy: HttpProxy, tls: https.AgentOptions = {}) {
    super(tls)
    this.#proxy = proxy
    this.#tls = tls
  }

  override createConnection(
    options: http.ClientRequestArgs & OpeningOptions,
    opened: Opened = () => {},
  ): Duplex {
    const host = options.host?.includes(':') ? `[${options.host}]` : options.host
    const authority = `${host}:${options.port}`
    const { authorization } = this.#proxy
    const request = (this.#proxy.secure ? https : http).request({
      ...(this.#proxy.secure ? this.#tls : {}),
      agent: false,
      method: 'CONNECT',
      host: this.#proxy.host,
      port: this.#proxy.port,
      path: authority,
      headers: {
        host: authority,
        connection: 'keep-alive',
        ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
      },
    })
    const fail = (error: Error) => {
      settle()
      request.destroy()
      opened(error, undefined as never)
    }
    const abandon = () => fail(new Error('The tunnel was given up before it was open'))
    const settle = () => {
      stayOpen?.()
      request.removeAllListeners('error').on('error', () => {})
    }
    const stayOpen = options.opening?.whenOver(abandon)
    request.once('error', fail)
    // A refusal may come with a body, so it is 'response' or 'connect' depending on the status.
    request.once('response', ({ statusCode }) => fail(refusal(statusCode)))
    request.once('connect', ({ statusCode = 0 }, socket, head) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        return fail(refusal(statusCode))
      }
      settle()
      if (head.length > 0) socket.unshift(head)
      opened(null, super.createConnection({ ...options, socket } as http.ClientRequestArgs))
    })
    request.end()
    // Nothing yet: the agent waits for the callback.
    return undefined as unknown as Duplex
  }
}

function refusal(status: number | undefined): Error {
  return new Error(`The proxy refused to open a tunnel: it answered CONNECT with status ${status}`)
}
