/**
 * Every way in which an upload can fail, with what the reader can do about it.
 *
 * The codes are stable: programs may switch on them. The hints are for people and may be reworded:
 * they say what to do, and make sense without the message of the error.
 */
const HINTS = {
  backend_rejected: 'The backend would refuse it again: look at the status and at its log.',
  backend_unavailable: 'Nothing is lost: call retry() once the backend is healthy.',
  cancelled: 'Add the file again to upload it.',
  closed: 'Create a new uploader: what its store holds goes on from there.',
  complete_uncertain:
    'Nothing is sent again. Look for the object under its key: if it is there, forget() the upload; if not, cancel() it and add the file again. retry() asks once more. With listPartsApi, what the storage still has goes on by itself.',
  config_invalid: 'Correct the option that the message names.',
  config_missing:
    'Call setConfig({ startUploadApi, getUploadUrlsApi, completeApi }) before adding files.',
  duplicate_upload: 'Without onDuplicate: "fail", uploadFile answers with the upload that exists.',
  etag_missing:
    'No ETag was seen. In a browser the usual cause is CORS: the rule of the bucket needs ExposeHeaders: ["ETag"].',
  file_not_found: 'Check the path and add the file again.',
  file_not_regular: 'Only regular files can be uploaded: no directories, sockets or devices.',
  file_unreadable: 'Check the permissions of the file, and the disk.',
  hasher_missing:
    'Check that the chunks that your bundler made of xxhash-wasm and xxh64 are deployed, those of older pages too.',
  internal: 'This is a bug in s3-bg-uploader. Please report it with the message and the cause.',
  network_failed:
    'Nothing is lost: call retry() when the network is back. Where it never works in a browser, check the CORS rules.',
  permission_needed: 'The platform asks the user on a click only: call resume() from its handler.',
  queue_failed: 'Nothing is lost: create the uploader again.',
  record_corrupt: 'The record stays where it is. Add its file again to upload it.',
  record_newer:
    'The record stays where it is: use the newer version that wrote it, or a later one.',
  response_invalid: 'The message says what the contract asks for and what came instead.',
  source_changed: 'Parts of two contents do not fit together: call retry() to send the new one.',
  stalled: 'Nothing is lost: call retry() when the network is better.',
  storage_rejected:
    'A fresh URL would be refused too: look at the status, the bucket policy and how the backend signs.',
  storage_unavailable: 'Nothing is lost: call retry() once the storage is healthy.',
  store_failed:
    'A crash now would lose progress: check free space and permissions where the journal is kept.',
  store_locked: 'One journal serves one process or tab: close the other, or use another journal.',
  too_many_parts:
    'S3 takes at most 10,000 parts: the backend must answer startUpload with a larger partSize.',
  unauthorized:
    'Check the headers option: as a function it is asked for fresh headers before every request.',
  upload_lost:
    'Look for a lifecycle rule of the bucket that aborts uploads too early; retry() starts over.',
  user_params_invalid:
    'userParams must be a plain JSON object without fileName, fileHash and fileSize.',
} as const

/** A stable name for one way to fail. */
export type ErrorCode = keyof typeof HINTS

/** The control calls of the contract. */
export type ControlCall = 'start' | 'urls' | 'complete' | 'list' | 'abort'

/** What else an `UploadError` can say. */
export interface UploadErrorOptions {
  /** Whether the same thing may succeed later. Default false. */
  readonly retryable?: boolean
  /** What went wrong underneath. Never holds a presigned URL's query or a header. */
  readonly cause?: unknown
  /** Replaces the usual hint of the code, where more is known. */
  readonly hint?: string | undefined
  /** The number of the part that failed. */
  readonly part?: number | undefined
  /** The HTTP status that was answered. */
  readonly status?: number | undefined
  /** The control call that failed. */
  readonly call?: ControlCall | undefined
}

/** The one error class of this library; `code` tells what happened and `hint` what to do. */
export class UploadError extends Error {
  /** By this `isUploadError` knows errors of other copies of this module. */
  override readonly name: 'UploadError' = 'UploadError'
  /** What happened. Stable: programs may switch on it. */
  readonly code: ErrorCode
  /** Whether the same thing may succeed later, with nothing else done. */
  readonly retryable: boolean
  /** What to do, for people. May be reworded. */
  readonly hint: string
  /** The number of the part that failed, where it is about one. */
  readonly part: number | undefined
  /** The HTTP status that was answered, where one was. */
  readonly status: number | undefined
  /** The control call that failed, where it is about one. */
  readonly call: ControlCall | undefined

  constructor(code: ErrorCode, message: string, options: UploadErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.hint = options.hint ?? HINTS[code]
    this.part = options.part
    this.status = options.status
    this.call = options.call
  }

  /** A page that explains the code: what it means, what causes it, what to do. */
  get docs(): string {
    return `https://github.com/s3-bg-uploader/s3-bg-uploader/blob/main/packages/docs/troubleshooting.md#${this.code}`
  }
}

/** Whether `error` is an UploadError, also one that another copy of this module made. */
export function isUploadError(error: unknown): error is UploadError {
  return error instanceof Error && error.name === 'UploadError' && 'code' in error
}

/** Every code, for exhaustive handling and for documentation. */
export const errorCodes: readonly ErrorCode[] = Object.keys(HINTS) as ErrorCode[]
