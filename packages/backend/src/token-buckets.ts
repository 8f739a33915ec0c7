import type { Principal } from './handler-options.ts'

/** What `tokenBuckets` takes. */
export interface TokenBucketsOptions {
  /** How many control calls a principal may make each second, in the long run. May be a fraction. */
  readonly perSecond: number
  /** How many it may make at once after a while of none. */
  readonly burst: number
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number
}

/**
 * A `rateLimit` in memory: one bucket for each principal, which holds `burst` tokens and gets `perSecond` new
 * ones each second; a control call takes one.
 *
 * It counts what this instance sees: behind n of them a principal may make n times as many calls, and a
 * restart fills all buckets. Where that is not enough, count in a store that the instances share, or in
 * front of them. Only principals whose bucket is not full take memory.
 *
 * @throws RangeError for a rate that is not positive, and for a `burst` below 1.
 */
export function tokenBuckets(options: TokenBucketsOptions): (principal: Principal) => number {
  const { perSecond, burst, clock = Date.now } = options
  if (!(perSecond > 0 && perSecond < Number.POSITIVE_INFINITY)) {
    throw new RangeError('perSecond must be a positive number.')
  }
  if (!Number.isSafeInteger(burst) || burst < 1) {
    throw new RangeError('burst must be a positive integer.')
  }
  /** The one that was used last stands last. */
  const buckets = new Map<string, Bucket>()

  function refill(bucket: Bucket, now: number): Bucket {
    const seconds = Math.max(0, now - bucket.at) / 1000
    return { tokens: Math.min(burst, bucket.tokens + seconds * perSecond), at: now }
  }

  /** A full bucket is as good as none. */
  function forgetFull(now: number): void {
    for (const [id, bucket] of buckets) {
      if (refill(bucket, now).tokens < burst) return
      buckets.delete(id)
    }
  }

  return ({ id }) => {
    const now = clock()
    forgetFull(now)
    const { tokens } = refill(buckets.get(id) ?? { tokens: burst, at: now }, now)
    const isAllowed = tokens >= 1
    buckets.delete(id)
    buckets.set(id, { tokens: isAllowed ? tokens - 1 : tokens, at: now })
    return isAllowed ? 0 : (1 - tokens) / perSecond
  }
}

interface Bucket {
  readonly tokens: number
  /** Milliseconds since the epoch. */
  readonly at: number
}
