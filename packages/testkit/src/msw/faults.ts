import type { Route } from './exchange.ts'
import type { AnswerOptions, Effect, Fault, FaultFilter, FaultPlan, Moment } from './fault.ts'
import { type Gate, GateState } from './gate.ts'

/**
 * What can happen to requests. Each call of an effect plans it: for the next request that passes the
 * filter, or for more where `times` or `always` was said before.
 *
 * Everything that is planned for a request happens to it, except that of those effects that replace or
 * destroy the answer only the first planned does; the others wait for the next request.
 */
export interface Faults {
  /** For one request. The default. */
  once(): this
  /** For so many requests. */
  times(count: number): this
  /** For every request, until it is removed. */
  always(): this

  /** Answers in place of the real handler: the request has no effect. */
  respond(status: number, options?: AnswerOptions): Fault
  /** Answers with a page, as a proxy or a captive portal does: the request has no effect. Default: 502. */
  html(status?: number): Fault
  /** Answers with a redirect: the request has no effect. Default: 307. */
  redirect(location: string, status?: number): Fault
  /** Never answers: the request has no effect. */
  stall(): Fault
  /**
   * Breaks the connection: before the body was read; while it is read, once at least `afterBytes` bytes
   * arrived (default: 1); or after the request took effect, so that only the answer is lost.
   */
  reset(at: 'before' | 'after'): Fault
  /** As above, during the body. */
  reset(at: 'during', options?: { readonly afterBytes?: number }): Fault
  /** The same as `reset('after')`. */
  loseResponse(): Fault
  /** Lets the request take effect, and breaks the connection after so many bytes of the answer's body. */
  cutOff(afterBytes?: number): Fault

  /** Milliseconds by the clock of the mock backend. Default: before the request takes effect. */
  delay(ms: number, options?: { readonly when?: Moment }): Fault
  /** Holds requests until the gate is released. Default: before they take effect. */
  hold(options?: { readonly when?: Moment }): Gate
  /** Changes the headers of the answer, whatever the answer is. */
  headers(change: (headers: Headers) => void): Fault
  /** Changes the body of the real answer. */
  body(change: (text: string) => string): Fault
}

/** What can happen to control calls. */
export interface ControlFaults extends Faults {
  /** Changes the JSON of the real answer: wrong fields, missing ones, another type. */
  json(change: (answer: Readonly<Record<string, unknown>>) => unknown): Fault
  /** Cuts the JSON of the real answer in the middle; the HTTP message stays whole. */
  malformedJson(): Fault
}

/** What can happen to urls calls. */
export interface UrlsFaults extends ControlFaults {
  /** Signs the URLs so long ago that they have expired. */
  expired(): Fault
  /** Signs the URLs for so many seconds. */
  validFor(seconds: number): Fault
}

/** What can happen to PUTs. */
export interface PutFaults extends Faults {
  /** Takes the ETag out of the answer, as a page sees it where the bucket does not expose it. */
  withoutEtag(): Fault
  /** Sends the header twice. Default: with the same ETag both times. */
  duplicateEtag(other?: string): Fault
}

/** All that `planFaults` makes; `on` shows of it what fits the route. */
export type AllFaults = UrlsFaults & PutFaults

/** The fluent face of a plan. `onGate` hears of each gate, to close it when the backend is reset. */
export function planFaults(
  plan: FaultPlan,
  route: Route | 'any',
  filter: FaultFilter,
  onGate: (gate: GateState) => void,
): AllFaults {
  let times = 1

  const add = (name: string, effect: Effect): Fault => plan.add(route, filter, times, name, effect)

  const faults: AllFaults = {
    once() {
      times = 1
      return faults
    },
    times(count) {
      if (!Number.isInteger(count) || count < 1) throw new RangeError('times takes 1, 2, 3 ...')
      times = count
      return faults
    },
    always() {
      times = Number.POSITIVE_INFINITY
      return faults
    },

    respond(status, options = {}) {
      const code = options.code === undefined ? '' : ` ${options.code}`
      return add(`${status}${code}`, { kind: 'respond', status, options })
    },
    html(status = 502) {
      const body = `<!doctype html>\n<title>${status}</title>\n<h1>${status}</h1>\n`
      const options = { body, contentType: 'text/html; charset=utf-8' }
      return add(`${status} page`, { kind: 'respond', status, options })
    },
    redirect(location, status = 307) {
      const options = { headers: { location } }
      return add(`${status} redirect`, { kind: 'respond', status, options })
    },
    stall: () => add('stall', { kind: 'stall' }),
    reset(at: 'before' | 'during' | 'after', options: { readonly afterBytes?: number } = {}) {
      const { afterBytes = 1 } = options
      return at === 'during'
        ? add('reset during the body', { kind: 'reset', at, afterBytes })
        : add(at === 'before' ? 'reset' : 'lost response', { kind: 'reset', at })
    },
    loseResponse: () => faults.reset('after'),
    cutOff: (afterBytes = 0) => add('answer cut off', { kind: 'cut', afterBytes }),

    delay: (ms, { when = 'before' } = {}) => add(`${ms} ms late`, { kind: 'delay', ms, when }),
    hold({ when = 'before' } = {}) {
      const gate = new GateState()
      onGate(gate)
      const fault = add('held', { kind: 'hold', gate, when })
      return {
        get description() {
          return fault.description
        },
        get hits() {
          return fault.hits
        },
        get waiting() {
          return gate.waiting
        },
        reached: gate.reached,
        remove: () => fault.remove(),
        release: () => gate.release(),
      }
    },
    headers: (change) => add('other headers', { kind: 'headers', change }),
    body: (change) => add('other body', { kind: 'body', change }),

    json: (change) =>
      add('other JSON', {
        kind: 'body',
        change: (text) => JSON.stringify(change(JSON.parse(text))) ?? '',
      }),
    malformedJson: () =>
      add('malformed JSON', {
        kind: 'body',
        change: (text) => text.slice(0, Math.ceil(text.length / 2)),
      }),

    // As old as it may become: over from the first millisecond.
    expired: () =>
      add('expired URLs', { kind: 'validity', validity: { ttlSeconds: 900, ageSeconds: 900 } }),
    validFor: (seconds) =>
      add(`URLs for ${seconds} s`, { kind: 'validity', validity: { ttlSeconds: seconds } }),

    withoutEtag: () =>
      add('no ETag', { kind: 'headers', change: (headers) => headers.delete('etag') }),
    duplicateEtag: (other) =>
      add('two ETags', {
        kind: 'headers',
        change: (headers) => headers.append('etag', other ?? headers.get('etag') ?? ''),
      }),
  }
  return faults
}
