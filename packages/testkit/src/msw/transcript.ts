import { describeExchanges } from './describe.ts'
import type { Exchange, OpenExchange, Outcome, Route } from './exchange.ts'

/** Which exchange `next` waits for. */
export interface ExchangeFilter {
  /** Part number of a PUT, or one of those that a urls or complete call is about. */
  readonly part?: number
  /** Only of this multipart upload. */
  readonly uploadId?: string
  /** Only of this key. */
  readonly key?: string
  /** Whatever else. */
  readonly where?: (exchange: Exchange) => boolean
}

interface Waiter {
  readonly route: Route | 'any'
  readonly filter: ExchangeFilter
  readonly resolve: (exchange: Exchange) => void
  readonly reject: (error: Error) => void
}

/** Whether an exchange is on that route and passes the filter. */
export function matches(
  exchange: Exchange,
  route: Route | 'any',
  { part, uploadId, key, where }: ExchangeFilter,
): boolean {
  return (
    (route === 'any' || route === exchange.route) &&
    (part === undefined || exchange.parts.includes(part)) &&
    (uploadId === undefined || uploadId === exchange.uploadId) &&
    (key === undefined || key === exchange.key) &&
    (where === undefined || where(exchange))
  )
}

/** Every request in the order of arrival, and who waits for them. */
export class Transcript {
  readonly exchanges: Exchange[] = []
  /** Settled ones that no `next` has given out yet, in the order in which they were settled. */
  readonly #unread: Exchange[] = []
  #waiters: Waiter[] = []
  #closed = false

  add(exchange: OpenExchange): void {
    exchange.number = this.exchanges.push(exchange)
  }

  /** Only the first outcome counts. */
  settle(exchange: OpenExchange, outcome: Outcome, status?: number): void {
    if (exchange.outcome !== 'pending') return
    exchange.outcome = outcome
    exchange.status = status
    const waiter = this.#waiters.find(({ route, filter }) => matches(exchange, route, filter))
    if (waiter === undefined) {
      this.#unread.push(exchange)
    } else {
      this.#waiters = this.#waiters.filter((other) => other !== waiter)
      waiter.resolve(exchange)
    }
  }

  next(route: Route | 'any', filter: ExchangeFilter): Promise<Exchange> {
    const at = this.#unread.findIndex((exchange) => matches(exchange, route, filter))
    const [found] = at < 0 ? [] : this.#unread.splice(at, 1)
    if (found !== undefined) return Promise.resolve(found)
    const promise = new Promise<Exchange>((resolve, reject) => {
      this.#waiters.push({ route, filter, resolve, reject })
    })
    // A test may have ended without waiting for it.
    promise.catch(() => {})
    if (this.#closed) this.close()
    return promise
  }

  /** Rejects what still waits. */
  close(): void {
    this.#closed = true
    const waiters = this.#waiters
    this.#waiters = []
    for (const { route, filter, reject } of waiters) {
      const what = `${route}${filter.part === undefined ? '' : ` of part ${filter.part}`}`
      const text = describeExchanges(this.exchanges) || '(no requests)'
      reject(
        new Error(
          `The mock backend was reset while next() waited for ${what}. Until then:\n${text}`,
        ),
      )
    }
  }
}
