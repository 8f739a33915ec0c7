import type { ErrorCode } from '../errors.ts'

/**
 * Why a control call, a PUT or a look at the file did not work: a fact, as data. What follows from
 * it is decided in `decide.ts`.
 */
export type Failure = Details &
  (
    | {
        /**
         * - `exchange`: no usable answer, since the connection broke, was refused, or the answer was cut off
         * - `stalled`: nothing moved for too long, so the machine gave up on it
         * - `expired`: presigned URLs that had expired when they arrived
         */
        readonly kind: 'exchange' | 'stalled' | 'expired'
      }
    /** An answer that is not 2xx. */
    | { readonly kind: 'status'; readonly status: number }
    /** A 2xx that lacks what the contract asks for. */
    | {
        readonly kind: 'unusable'
        readonly code: 'response_invalid' | 'etag_missing'
        readonly status: number
      }
    /** Not the network's doing: the file, the configuration, a bug. */
    | { readonly kind: 'local'; readonly code: ErrorCode }
  )

interface Details {
  /** Never holds a URL's query or a header's value. */
  readonly message: string
  readonly cause?: unknown
  /** What to do, where whoever failed knows better than the code. */
  readonly hint?: string | undefined
  readonly status?: number | undefined
  /** S3's error code or the backend's, such as NoSuchUpload, where the body tells. */
  readonly reason?: string | undefined
  /** From Retry-After, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}
