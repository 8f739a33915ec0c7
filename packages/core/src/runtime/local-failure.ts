import { isUploadError } from '../errors.ts'
import type { Failure } from '../machine/failure.ts'
import { describeError } from '../protocol/safe-cause.ts'

/** What a transport threw while it worked on the file. */
export function fileFailure(error: unknown): Failure {
  if (isUploadError(error)) {
    const { code, message, hint, cause = error } = error
    return { kind: 'local', code, message, hint, cause }
  }
  const message = `The file could not be read (${describeError(error)})`
  return { kind: 'local', code: 'file_unreadable', message, cause: error }
}

/** What a transport threw instead of an answer to a PUT. */
export function putFailure(error: unknown, part: number): Failure {
  if (isUploadError(error)) return fileFailure(error)
  const message = `The exchange for part ${part} broke (${describeError(error)})`
  return { kind: 'exchange', message, cause: error }
}
