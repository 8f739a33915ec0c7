import { ATTEMPTS } from './core-policy.ts'
import { type HttpAnswer, retryAfterOf } from './http-answer.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** Watches that what failed is tried again no sooner and no more often than it may be (guarantee 5). */
export class RetryWatch {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** `what` of this upload is tried: a part or a control call. */
  tried(trace: Trace, what: string): void {
    const notBefore = trace.notBefore.get(what)
    if (notBefore !== undefined) {
      const early = notBefore - this.#world.clock.now()
      if (early > 0) {
        this.#violate(`${what} of ${trace.name} is ${early} ms before Retry-After`)
      }
      trace.notBefore.delete(what)
    }
    if ((trace.failures.get(what) ?? 0) >= ATTEMPTS) {
      this.#violate(`${what} of ${trace.name} is tried more than ${ATTEMPTS} times`)
    }
  }

  /** It is to be tried again, which may be asked to wait. */
  refused(trace: Trace, what: string, answer: HttpAnswer): void {
    const ms = retryAfterOf(answer)
    if (ms !== undefined) trace.notBefore.set(what, this.#world.clock.now() + ms)
  }

  #violate(why: string): void {
    this.#world.violate('5 retries', why)
  }
}
