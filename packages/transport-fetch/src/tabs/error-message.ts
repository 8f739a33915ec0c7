import { isUploadError, UploadError, type UploadSnapshot } from '@s3-bg-uploader/core'
import type { ErrorMessage, SnapshotMessage, View } from './messages.ts'

/** Makes an error fit to cross. What is not one of ours is a bug. */
export function toErrorMessage(error: UploadError): ErrorMessage {
  const { code, message, hint, retryable, part, status, call, cause } = error
  return { code, message, hint, retryable, part, status, call, cause: toCause(cause) }
}

export function fromErrorMessage({ code, message, ...options }: ErrorMessage): UploadError {
  return new UploadError(code, message, options)
}

export function toMessages(view: View<UploadSnapshot>): View<SnapshotMessage> {
  const uploads = view.uploads.map(({ error, waitingFor, ...rest }): SnapshotMessage => {
    const fileError = waitingFor?.error && toErrorMessage(waitingFor.error)
    return {
      ...rest,
      error: error && toErrorMessage(error),
      waitingFor: waitingFor && { ...waitingFor, error: fileError },
    }
  })
  return { ...view, uploads }
}

export function fromMessages(view: View<SnapshotMessage>): View<UploadSnapshot> {
  const uploads = view.uploads.map(({ error, waitingFor, ...rest }): UploadSnapshot => {
    const fileError = waitingFor?.error && fromErrorMessage(waitingFor.error)
    return {
      ...rest,
      error: error && fromErrorMessage(error),
      waitingFor: waitingFor && { ...waitingFor, error: fileError },
    }
  })
  return { ...view, uploads }
}

/** Of an error, which may hold what cannot be cloned, the words; a file handle as it is. */
function toCause(cause: unknown): unknown {
  if (cause instanceof Error) return new Error(`${cause.name}: ${cause.message}`)
  try {
    return structuredClone(cause)
  } catch {
    return String(cause)
  }
}

export function unexpected(cause: unknown): UploadError {
  if (isUploadError(cause)) return cause
  return new UploadError('internal', 'Something failed unexpectedly', { cause })
}
