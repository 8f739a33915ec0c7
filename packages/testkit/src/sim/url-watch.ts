import { AT_ONCE } from './background-queue.ts'
import { STALL_MS, URLS_PER_SLOT } from './core-policy.ts'
import type { FaultClass } from './fault-classes.ts'
import type { HttpAnswer } from './http-answer.ts'
import type { Signing } from './signing.ts'
import type { IssuedUrl, SimStorage } from './sim-storage.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** With these nobody outside can tell how long a client thinks that a URL is good. */
const BLINDING: readonly FaultClass[] = ['cutoff', 'malformed', 'no-date', 'short-lived-urls']

/** Whoever is before an upload may stop when its turn is near, or fail and come again. */
const MOST_RENEWALS = 2

/** Watches the presigned URLs: how many are asked for, how many wait, how old they are when used. */
export class UrlWatch {
  readonly #world: World
  readonly #storage: SimStorage

  constructor(world: World, storage: SimStorage) {
    this.#world = world
    this.#storage = storage
  }

  /** @param isSecond it is sent once more with fresh headers */
  asked({ name, signing }: Trace, parts: readonly number[], isSecond: boolean): void {
    const world = this.#world
    if (parts.length === 0 || new Set(parts).size !== parts.length) {
      world.violate('4 urls', `URLs are asked for parts [${parts.join(' ')}]`)
    }
    this.#checkRenewal(name, signing, parts)
    this.#forgetOld(signing, parts)
    signing.underWay = true
    const last = isSecond ? signing.calls.at(-1) : undefined
    if (last === undefined)
      signing.calls.push({ at: world.clock.now(), until: undefined, idleMs: 0 })
    else last.until = undefined
  }

  /** Without an answer the call was lost or given up. */
  answered(trace: Trace, answer: HttpAnswer | undefined, failed: boolean): void {
    const { signing } = trace
    const call = signing.calls.at(-1)
    if (call !== undefined) call.until = this.#world.clock.now()
    signing.underWay = false
    signing.failed = failed
    if (answer === undefined || failed) return
    this.#noteDelivery(trace, answer)
    this.#checkPool(trace)
  }

  /** A PUT starts on it. */
  used(trace: Trace, { delivered, part }: IssuedUrl): void {
    trace.signing.unused.delete(part)
    trace.signing.renewed.clear()
    if (delivered === undefined) return
    const late = this.#world.clock.now() - delivered.at - delivered.lifeMs
    if (late < 0) return
    this.#world.violate('4 urls', `PUT of part ${part} starts on a URL expired ${late} ms ago`)
  }

  /** Their life is what the client could know: by the answer's Date, or by when they were signed. */
  #noteDelivery({ signing }: Trace, { body, headers: { date } }: HttpAnswer): void {
    const { clock, plan } = this.#world
    const urls = [...body.matchAll(/"(https:[^"]*)"/g)]
    const issued = urls.flatMap(([, url = '']) => this.#storage.urls.get(url) ?? [])
    const signedAt = issued.map(({ expiresAt }) => expiresAt - plan.urlLife * 1000)
    const serverNow = date === undefined ? Math.max(...signedAt) : Date.parse(date)
    for (const one of issued) {
      one.delivered = { at: clock.now(), lifeMs: one.expiresAt - serverNow }
      signing.unused.set(one.part, one.delivered)
    }
  }

  /** What waits for a slot renews URLs that grow old, but no others, and only once its turn is near. */
  #checkRenewal(name: string, signing: Signing, parts: readonly number[]): void {
    const now = this.#world.clock.now()
    const violate = (why: string): void =>
      this.#world.violate('7 bounds', `URLs of ${name} are renewed, and ${why}`)
    const renewed = parts.filter((part) => signing.unused.has(part))
    if (renewed.length === 0) return
    // What was answered may not have been understood, and short lives may end before a turn comes.
    if (signing.disturbed) return
    if (BLINDING.some((fault) => this.#world.has(fault))) return
    // Nobody ends a PUT that stands still.
    const isEndless = this.#world.has('no-progress')
    this.#world.reach('URLs renewed')
    for (const part of renewed) {
      const { at = 0, lifeMs = 0 } = signing.unused.get(part) ?? {}
      const leftMs = at + lifeMs - now
      if (2 * leftMs > lifeMs) violate(`the URL of part ${part} lasts for ${leftMs} ms`)
      const times = (signing.renewed.get(part) ?? 0) + 1
      signing.renewed.set(part, times)
      // It is next as long as every slot holds a PUT that stands still.
      const most = MOST_RENEWALS + Math.floor((2 * STALL_MS) / lifeMs)
      if (times > most && !isEndless) violate(`none was used since the last ${most} times`)
    }
  }

  /** Whoever renews some gives up the others that are as old. */
  #forgetOld({ unused }: Signing, parts: readonly number[]): void {
    if (!parts.some((part) => unused.has(part))) return
    const now = this.#world.clock.now()
    for (const [part, { at, lifeMs }] of unused) if (at + lifeMs / 2 < now) unused.delete(part)
  }

  /**
   * URLs in memory are bounded by what all slots can use while they wait for the next ones, twice
   * over, or by what keeps the calls few, whatever the size of the file (guarantee 7). The client measures
   * on its own, and a process that was restarted begins anew: it may be half as much again.
   */
  #checkPool({ name, signing }: Trace): void {
    const { concurrency, window, latencyMs, bodyMs } = this.#world.plan
    const slowestCall = Math.max(...signing.calls.map(({ at, until = at }) => until - at))
    const fastestPart = latencyMs + bodyMs / 2
    const callsPerPart = Math.max(1, slowestCall / fastestPart)
    const queues = this.#world.has('background')
    const atOnce = queues ? Math.max(concurrency, AT_ONCE) : concurrency
    const room = queues ? window.tasks : 0
    const needed = 2 * (atOnce + Math.ceil(1.5 * atOnce * callsPerPart))
    const most = 1.5 * Math.max(needed, URLS_PER_SLOT * atOnce) + room
    if (signing.unused.size <= most) return
    const why = `${signing.unused.size} URLs of ${name} are kept, where ${most} would do`
    this.#world.violate('7 bounds', why)
  }
}
