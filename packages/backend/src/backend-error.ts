/** Every refusal, by its stable code, with the HTTP status that carries it. */
const STATUS = {
  InvalidRequest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  EntityTooSmall: 400,
  EntityTooLarge: 400,
  IncompleteBody: 400,
  Unauthorized: 401,
  Forbidden: 403,
  AccessDenied: 403,
  SignatureDoesNotMatch: 403,
  NoSuchUpload: 404,
  NotFound: 404,
  MethodNotAllowed: 405,
  RequestTimeout: 408,
  AlreadyExists: 409,
  RequestTooLarge: 413,
  UnsupportedMediaType: 415,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
} as const

/**
 * A stable name for one way to refuse a request. Where S3 has a name for it, it is the name that S3 uses.
 * `ServiceUnavailable` tells the client to try again later.
 */
export type BackendErrorCode = keyof typeof STATUS

/** What else a refusal can say. */
export interface BackendErrorOptions {
  /** After how many seconds asking again may succeed: the Retry-After header. */
  readonly retryAfterSeconds?: number | undefined
  /** What went wrong below. Never shown to the client; with a status of 500 and more `onError` gets it. */
  readonly cause?: unknown
}

/**
 * A refusal that the client gets to see: `{ "code", "message" }`, with the status that belongs to the code.
 *
 * Storages throw it, and so may `authorize`, `keyFor` and `partSizeFor`. Anything else that is thrown
 * is taken for a bug: the client sees `InternalError` without details and `onError` gets the rest.
 */
export class BackendError extends Error {
  /** By this `isBackendError` knows errors of other copies of this module. */
  override readonly name: 'BackendError' = 'BackendError'
  /** What happened, by the name that S3 has for it where it has one. */
  readonly code: BackendErrorCode
  /** The HTTP status. */
  readonly status: number
  /** After how many seconds asking again may succeed. */
  readonly retryAfterSeconds: number | undefined

  /** @param message Shown to the client: no secrets, no paths of the server. */
  constructor(code: BackendErrorCode, message: string, options: BackendErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.status = STATUS[code]
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** Whether `error` is a BackendError, also one that another copy of this module made. */
export function isBackendError(error: unknown): error is BackendError {
  return error instanceof Error && error.name === 'BackendError' && 'code' in error
}
