/**
 * Every way in which an upload can fail, with what the reader can do about it.
 *
 * The codes are stable: programs may switch on them. The hints are for people and may be reworded.
 */
const HINTS = {
  backend_rejected:
    'The backend refused the request. The same request would be refused again: look at the status and at the log of the backend.',
  backend_unavailable:
    'The backend kept answering with a temporary error. Nothing is lost: call retry() once it is healthy.',
  cancelled: 'The upload was cancelled. Add the file again to upload it.',
  closed: 'The uploader was closed. Create a new one; what its store holds goes on from there.',
  complete_uncertain:
    'The answer to a complete call was lost, and since then the upload is refused or gone: the object may or may not exist. Everything is kept and nothing is sent again. Look for the object under its key: where it is, forget() the upload; where it is not, cancel() it and add the file again. retry() asks once more. With listPartsApi configured, an upload that the storage still has goes on by itself.',
  config_invalid: 'Correct the option that the message names.',
  config_missing:
    'Call setConfig({ startUploadApi, getUploadUrlsApi, completeApi }) before adding files.',
  duplicate_upload:
    'This file is in this transfer already. Without onDuplicate: "fail", uploadFile answers with the upload that exists.',
  etag_missing:
    'The storage answered without an ETag header. In a browser the usual cause is CORS: the rule of the bucket needs ExposeHeaders: ["ETag"].',
  file_not_found: 'There is no file at that path. Check the path and add the file again.',
  file_not_regular: 'Only regular files can be uploaded: not directories, sockets or devices.',
  file_unreadable: 'The file exists but could not be read. Check its permissions and the disk.',
  hasher_missing:
    'Files are hashed without WebAssembly, several times slower. The chunk that the bundler made of xxhash-wasm could not be loaded: check that it is deployed, and that older ones stay for pages that are open.',
  internal: 'This is a bug in s3-bg-uploader. Please report it with the message and the cause.',
  network_failed:
    'The connection broke several times in a row. Nothing is lost: call retry() when the network is back. Where it never works in a browser, look at the CORS rules of the backend and of the bucket.',
  permission_needed:
    'The platform must ask the user before it gives out this file again, and only asks on a click: call resume() from a click handler.',
  queue_failed:
    'The background queue of the transport could not be asked what it has sent. Nothing is lost: create the uploader again.',
  record_corrupt:
    'A record of the journal could not be read and was left where it is; everything else goes on. Add its file again to upload it.',
  record_newer:
    'A newer version of s3-bg-uploader wrote a record of the journal. It was left where it is, and everything else goes on: use that version, or a later one, to go on with its upload.',
  response_invalid:
    'The backend answered, but not as the contract says. The message lists the fields that are missing or wrong.',
  source_changed:
    'The file changed after it was hashed, so its parts would not fit together. Call retry() to start over with the new content.',
  stalled:
    'The transfer stood still several times in a row. Nothing is lost: call retry() when the network is better.',
  storage_rejected:
    'The storage refused a part. A fresh URL would be refused too: look at the status, at the bucket policy and at how the backend signs the URLs.',
  storage_unavailable:
    'The storage kept answering with a temporary error. Nothing is lost: call retry() later.',
  store_failed:
    'The journal could not be read or written, so a crash now would lose progress. Check free space and permissions of the place where it is kept.',
  store_locked:
    'Another process or tab uses this journal. Only one may: close the other, or give this one a journal of its own.',
  too_many_parts:
    'S3 takes at most 10,000 parts. The backend must answer startUpload with a larger partSize; the message names the smallest that would do.',
  unauthorized:
    'The backend refused the credentials. Check the headers option; as a function it is asked for fresh headers before every request.',
  upload_lost:
    'The storage forgot this multipart upload several times. Look for a lifecycle rule that aborts uploads too early; retry() starts over.',
  user_params_invalid:
    'userParams must be a plain JSON object, and fileName, fileHash and fileSize are names of the contract.',
} as const

/** A stable name for one way to fail. */
export type ErrorCode = keyof typeof HINTS

/** The control calls of the contract. */
export type ControlCall = 'start' | 'urls' | 'complete' | 'list' | 'abort'

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
  override readonly name: 'UploadError' = 'UploadError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly hint: string
  readonly part: number | undefined
  readonly status: number | undefined
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
}

/** Whether `error` is an UploadError, also one that another copy of this module made. */
export function isUploadError(error: unknown): error is UploadError {
  return error instanceof Error && error.name === 'UploadError' && 'code' in error
}

/** Every code, for exhaustive handling and for documentation. */
export const errorCodes: readonly ErrorCode[] = Object.keys(HINTS) as ErrorCode[]
