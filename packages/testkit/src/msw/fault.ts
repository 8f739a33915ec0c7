import type { UrlValidity } from '../storage/index.ts'
import type { Exchange, Route } from './exchange.ts'
import type { GateState } from './gate.ts'
import { type ExchangeFilter, matches } from './transcript.ts'

/** To which requests something happens. */
export interface FaultFilter extends ExchangeFilter {
  /**
   * Only from the nth request on that passes the rest of the filter, counted from 1 since the fault was
   * planned. Default: 1.
   */
  readonly nth?: number
}

/** An answer in place of the real one. */
export interface AnswerOptions {
  /** Error code, as S3 names it. Default: the usual one for the status. */
  readonly code?: string
  /** For people, in the body. */
  readonly message?: string
  /** Seconds, or an HTTP date. */
  readonly retryAfter?: number | string
  /** Sent besides those that the answer needs. */
  readonly headers?: Readonly<Record<string, string>>
  /** Replaces the usual body: `<Error>` as XML from the storage, `{ code, message }` from the backend. */
  readonly body?: string
  /** Default: that of the usual body. */
  readonly contentType?: string
}

/** Whether something happens before the request takes effect or after it, before it is answered. */
export type Moment = 'before' | 'after'

/** What keeps the real answer from the client. A request meets one of them at most. */
export type Ending =
  | { readonly kind: 'respond'; readonly status: number; readonly options: AnswerOptions }
  | { readonly kind: 'stall' }
  | { readonly kind: 'reset'; readonly at: 'before' | 'after' }
  | { readonly kind: 'reset'; readonly at: 'during'; readonly afterBytes: number }
  | { readonly kind: 'cut'; readonly afterBytes: number }

/** What else can happen to a request; all of it can happen to the same. */
export type Change =
  | { readonly kind: 'delay'; readonly ms: number; readonly when: Moment }
  | { readonly kind: 'hold'; readonly when: Moment; readonly gate: GateState }
  | { readonly kind: 'headers'; readonly change: (headers: Headers) => void }
  | { readonly kind: 'body'; readonly change: (text: string) => string }
  | { readonly kind: 'validity'; readonly validity: UrlValidity }

export type Effect = Ending | Change

/** Something that was planned. */
export interface Fault {
  /** Such as `put part 3: 503 SlowDown`. */
  readonly description: string
  /** To how many requests it has happened. */
  readonly hits: number
  /** It happens no more. Requests to which it is happening are left to it. */
  remove(): void
}

/** What is to happen to one request. */
export interface Fate {
  readonly ending: Ending | undefined
  readonly changes: readonly Change[]
  readonly names: readonly string[]
}

interface Planned extends Fault {
  readonly route: Route | 'any'
  readonly filter: FaultFilter
  readonly effect: Effect
  readonly name: string
  hits: number
  /** How often it may still happen. */
  left: number
  /** Requests that passed the filter so far. */
  seen: number
}

/** What was planned, in the order of planning. */
export class FaultPlan {
  #planned: Planned[] = []

  get faults(): readonly Fault[] {
    return this.#planned
  }

  add(
    route: Route | 'any',
    filter: FaultFilter,
    times: number,
    name: string,
    effect: Effect,
  ): Fault {
    const part = filter.part === undefined ? '' : ` part ${filter.part}`
    const fault: Planned = {
      route,
      filter,
      effect,
      name,
      description: `${route}${part}: ${name}`,
      hits: 0,
      left: times,
      seen: 0,
      remove: () => {
        fault.left = 0
      },
    }
    this.#planned.push(fault)
    return fault
  }

  /** Decides what happens to a request, and counts it. */
  fateOf(exchange: Exchange): Fate {
    let ending: Ending | undefined
    const changes: Change[] = []
    const names: string[] = []
    for (const fault of this.#planned) {
      if (fault.left === 0 || !matches(exchange, fault.route, fault.filter)) continue
      fault.seen += 1
      if (fault.seen < (fault.filter.nth ?? 1)) continue
      const { effect } = fault
      if (isChange(effect)) changes.push(effect)
      else if (ending === undefined) ending = effect
      // The next request gets it.
      else continue
      fault.hits += 1
      fault.left -= 1
      names.push(fault.name)
    }
    return { ending, changes, names }
  }

  clear(): void {
    for (const fault of this.#planned) fault.remove()
    this.#planned = []
  }
}

function isChange(effect: Effect): effect is Change {
  switch (effect.kind) {
    case 'respond':
    case 'stall':
    case 'reset':
    case 'cut':
      return false
    case 'delay':
    case 'hold':
    case 'headers':
    case 'body':
    case 'validity':
      return true
  }
}
