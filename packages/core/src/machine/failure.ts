import type { ErrorCode } from '../errors.ts'

/**
 * Why a control call, a PUT or a look at the file did not work: a fact, as data. What follows from
 * it is decided in `decide.ts`. `message` never holds a URL's query or a header's value.
 */
export type Failure =
  /** No usable answer: the connection broke, was refused, or the answer was cut off. */
  | { readonly kind: 'exchange'; readonly message: string; readonly cause?: unknown }
  /** Nothing moved for too long, so the machine gave up on it. */
  | { readonly kind: 'stalled'; readonly message: string }
  /** Presigned URLs that had expired when they arrived. */
  | { readonly kind: 'expired'; readonly message: string }
  /** An answer that is not 2xx. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly message: string
      /** S3's error code or the backend's, such as NoSuchUpload, where the body tells. */
      readonly reason?: string | undefined
      /** From Retry-After, in milliseconds. */
      readonly retryAfterMs?: number | undefined
      readonly hint?: string | undefined
    }
  /** A 2xx that lacks what the contract asks for. */
  | {
      readonly kind: 'unusable'
      readonly code: 'response_invalid' | 'etag_missing'
      readonly status: number
      readonly message: string
    }
  /** Not the network's doing: the file, the configuration, a bug. */
  | {
      readonly kind: 'local'
      readonly code: ErrorCode
      readonly message: string
      /** What to do, where whoever failed knows better than the code. */
      readonly hint?: string | undefined
      readonly cause?: unknown
    }
