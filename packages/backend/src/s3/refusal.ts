import { BackendError, type BackendErrorCode } from '../backend-error.ts'
import { NO_SUCH_UPLOAD } from '../no-such-upload.ts'

/** What an error of the AWS SDK tells. No `instanceof`: the app may have another copy of the SDK. */
interface S3Failure extends Error {
  readonly $metadata: { readonly httpStatusCode?: number | undefined }
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> }
}

type Refusals = ReadonlyMap<string, readonly [code: BackendErrorCode, message: string]>

const BAD_KEY = ['InvalidRequest', 'S3 cannot store an object under that key.'] as const
const BAD_ADDRESS = ['InvalidRequest', 'S3 does not take that upload id or these parts.'] as const

/** By the names that S3, and servers that speak its language, give to a key that they cannot store. */
const START_REFUSALS: Refusals = new Map([
  ['InvalidObjectName', BAD_KEY],
  ['InvalidURI', BAD_KEY],
  ['KeyTooLongError', BAD_KEY],
  ['XMinioInvalidObjectName', BAD_KEY],
])

/** By what S3 calls them. */
const UPLOAD_REFUSALS: Refusals = new Map([
  ...START_REFUSALS,
  ['NoSuchUpload', NO_SUCH_UPLOAD],
  ['InvalidPart', ['InvalidPart', 'S3 has no part of that number with that ETag.']],
  ['InvalidPartOrder', ['InvalidPartOrder', 'The parts must be in ascending order, each once.']],
  ['EntityTooSmall', ['EntityTooSmall', 'A part that is not the last is smaller than S3 takes.']],
  ['EntityTooLarge', ['EntityTooLarge', 'The object is larger than S3 takes.']],
  ['InvalidArgument', BAD_ADDRESS],
  ['InvalidRequest', BAD_ADDRESS],
  ['MalformedXML', BAD_ADDRESS],
])

/** Another time it may succeed; not all servers send a fitting status with these. */
const BUSY: ReadonlySet<string> = new Set([
  'ConditionalRequestConflict',
  'InternalError',
  'OperationAborted',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
])

/**
 * What to throw for a failed call that starts an upload: a BackendError `InvalidRequest` for the key or
 * `ServiceUnavailable`; else the error itself, which is a matter of configuration then.
 */
export function startRefusal(error: unknown): unknown {
  return refusal(error, START_REFUSALS)
}

/**
 * What to throw for a failed call about one upload: a BackendError `NoSuchUpload`, `InvalidPart`,
 * `InvalidPartOrder`, `EntityTooSmall`, `EntityTooLarge`, `InvalidRequest` or `ServiceUnavailable`;
 * else the error itself, which is a matter of configuration then.
 */
export function uploadRefusal(error: unknown): unknown {
  return refusal(error, UPLOAD_REFUSALS)
}

/** The status that S3 answered an error with, if it answered. */
export function statusOf(error: unknown): number | undefined {
  return isS3Failure(error) ? error.$metadata.httpStatusCode : undefined
}

function refusal(error: unknown, refusals: Refusals): unknown {
  if (!isS3Failure(error)) return error
  const known = refusals.get(error.name)
  if (known !== undefined) return new BackendError(...known, { cause: error })
  const status = statusOf(error)
  // Without a status the exchange broke: no connection, or no end of the answer.
  if (status === undefined || status === 429 || status >= 500 || BUSY.has(error.name)) {
    return new BackendError('ServiceUnavailable', 'S3 cannot answer at the moment.', {
      cause: error,
      retryAfterSeconds: retryAfterSeconds(error),
    })
  }
  return error
}

function isS3Failure(error: unknown): error is S3Failure {
  return error instanceof Error && '$metadata' in error
}

/** S3 gives seconds; a date there would be no better than the client's own patience. */
function retryAfterSeconds({ $response }: S3Failure): number | undefined {
  const value = $response?.headers?.['retry-after'] ?? ''
  return /^\d{1,6}$/.test(value) ? Number(value) : undefined
}
