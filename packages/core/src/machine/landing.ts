import type { Failure } from './failure.ts'

/**
 * How the exchange of one part ended, as far as that says how many may be under way at once. Times are
 * on the monotonic clock, in milliseconds.
 */
export type Landing = { readonly startedAt: number; readonly endedAt: number } & (
  | { readonly how: 'stored'; readonly load: number }
  /** The storage asks for less. */
  | { readonly how: 'refused'; readonly retryAfterMs: number | undefined }
  /** It may be the line, the storage, or the number of exchanges: one alone says little. */
  | { readonly how: 'broken' }
)

/** What a failed PUT says; undefined where the number of PUTs has nothing to do with it. */
export function failedLanding(
  failure: Failure,
  startedAt: number | undefined,
  endedAt: number,
): Landing | undefined {
  if (startedAt === undefined) return undefined
  switch (failure.kind) {
    case 'exchange':
    case 'stalled':
      return { how: 'broken', startedAt, endedAt }
    case 'status': {
      const { status, reason, retryAfterMs } = failure
      if (status === 429 || status === 503)
        return { how: 'refused', startedAt, endedAt, retryAfterMs }
      const broken = status >= 500 || status === 408 || reason === 'RequestTimeout'
      return broken ? { how: 'broken', startedAt, endedAt } : undefined
    }
    default:
      return undefined
  }
}
