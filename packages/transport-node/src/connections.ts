import http from 'node:http'
import https from 'node:https'
import { type OpeningOptions, PlainAgent, SecureAgent, TunnelAgent } from './agents.ts'
import type { Ending } from './ending.ts'
import { type HttpProxy, proxyFor } from './proxy.ts'
import type { Target } from './target.ts'

/** Begins requests over kept-alive connections, directly or through the environment's proxies. */
export class Connections {
  readonly #tls: https.AgentOptions
  readonly #plain = new PlainAgent()
  readonly #secure: SecureAgent
  readonly #tunnels = new Map<string, TunnelAgent>()
  /** By target. The environment is slow to answer, so it is asked once. */
  readonly #proxies = new Map<string, HttpProxy | undefined>()

  /** @param tls for tests: certificates and the like. */
  constructor(tls: https.AgentOptions = {}) {
    this.#tls = tls
    this.#secure = new SecureAgent(tls)
  }

  /**
   * Begins a request; its body is up to the caller. When `ending` comes, the request is destroyed in
   * whatever state it is.
   *
   * @throws UploadError `config_invalid` when the environment names a proxy that cannot be used.
   */
  request(
    target: Target,
    method: string,
    headers: Readonly<Record<string, string>>,
    ending: Ending,
  ): http.ClientRequest {
    const proxy = this.#proxyFor(target)
    const options: http.RequestOptions & OpeningOptions = {
      method,
      host: target.host,
      port: target.port,
      path: target.path,
      headers: { host: target.authority, ...headers },
    }
    const request = target.secure
      ? https.request({
          ...options,
          agent: proxy ? this.#tunnelThrough(proxy) : this.#secure,
          ...(proxy ? { opening: ending } : {}),
        } as https.RequestOptions)
      : proxy
        ? this.#relay(proxy, target, options)
        : http.request({ ...options, agent: this.#plain })
    // Listened to for ever: an error may follow the one that ended the exchange.
    request.on('error', () => {})
    ending.whenOver(() => request.destroy())
    return request
  }

  /** A plain request goes to the proxy itself, with the whole URL in its request line. */
  #relay(proxy: HttpProxy, target: Target, options: http.RequestOptions): http.ClientRequest {
    return (proxy.secure ? https : http).request({
      ...options,
      agent: proxy.secure ? this.#secure : this.#plain,
      host: proxy.host,
      port: proxy.port,
      path: `http://${target.authority}${target.path}`,
      ...(proxy.secure ? { servername: proxy.host } : {}),
      headers: {
        ...(options.headers as http.OutgoingHttpHeaders),
        ...(proxy.authorization === undefined
          ? {}
          : { 'proxy-authorization': proxy.authorization }),
      },
    })
  }

  #proxyFor(target: Target): HttpProxy | undefined {
    const key = `${target.secure ? 'https' : 'http'}://${target.host}:${target.port}`
    if (!this.#proxies.has(key)) this.#proxies.set(key, proxyFor(target))
    return this.#proxies.get(key)
  }

  #tunnelThrough(proxy: HttpProxy): TunnelAgent {
    const key = JSON.stringify(proxy)
    const known = this.#tunnels.get(key)
    if (known) return known
    const agent = new TunnelAgent(proxy, this.#tls)
    this.#tunnels.set(key, agent)
    return agent
  }

  /** Destroys every connection, busy ones too. */
  close(): void {
    this.#plain.destroy()
    this.#secure.destroy()
    for (const agent of this.#tunnels.values()) agent.destroy()
  }
}
