import type { Clock } from '../ports.ts'
import type { UrlTimes } from './expiry.ts'

/** When an answer was given. */
export interface AnswerTime {
  /** Its Date header in milliseconds since the epoch, where there is a readable one. */
  readonly date: number | undefined
  /** When its headers came, on the monotonic clock. */
  readonly receivedAt: number
}

/**
 * The time at the server, for the life of presigned URLs: the clock of the user may be days off.
 *
 * Pages cannot read the Date header of another origin unless the backend exposes it. Then the URLs
 * themselves tell something: they were signed before they were sent, so the server's clock shows at
 * least the newest time of signing that was ever seen, and what has passed since. No more than that,
 * since a backend may hand out URLs that it signed a while ago. With each URL that is fresh the bound
 * is the time itself, and it stays so when older ones follow.
 */
export class ServerTime {
  readonly #clock: Pick<Clock, 'now' | 'wall'>
  /** Added to the monotonic clock it is the bound. */
  #lead = Number.NEGATIVE_INFINITY

  constructor(clock: Pick<Clock, 'now' | 'wall'>) {
    this.#clock = clock
  }

  /** Milliseconds since the epoch, now, as far as it follows from an answer with these URLs. */
  now({ date, receivedAt }: AnswerTime, urls: readonly UrlTimes[]): number {
    const passed = this.#clock.now() - receivedAt
    if (date !== undefined) return date + passed
    for (const { signedAt } of urls) {
      if (signedAt !== undefined) this.#lead = Math.max(this.#lead, signedAt - receivedAt)
    }
    const wall = this.#clock.wall()
    const atLeast = this.#clock.now() + this.#lead
    // The clock of the user is behind.
    if (wall < atLeast) return atLeast
    // It is ahead, for no backend hands out what has expired. Otherwise the later of the two is
    // taken: a life that is thought too short costs a call, one thought too long a part.
    const isAhead = urls.some(({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt <= wall)
    return isAhead && Number.isFinite(atLeast) ? atLeast : wall
  }
}
