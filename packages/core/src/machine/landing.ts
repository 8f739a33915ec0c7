import { decide } from './decide.ts'
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
  // Whatever else it was, another number of parts would have failed in the same way.
  if (startedAt === undefined || decide('put', failure) !== 'retry') return undefined
  const { status, retryAfterMs } = failure
  return status === 429 || status === 503
    ? { how: 'refused', startedAt, endedAt, retryAfterMs }
    : { how: 'broken', startedAt, endedAt }
}
