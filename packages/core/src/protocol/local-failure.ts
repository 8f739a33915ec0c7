import { type ErrorCode, isUploadError } from '../errors.ts'
import type { Failure } from '../machine/failure.ts'
import { describeError } from './safe-cause.ts'

/** What was thrown on this side. An UploadError keeps what it says; anything else is called `code`. */
export function localFailure(error: unknown, code: ErrorCode, what: string): Failure {
  if (isUploadError(error)) {
    const { code, message, hint, cause = error } = error
    return { kind: 'local', code, message, hint, cause }
  }
  return { kind: 'local', code, message: `${what} (${describeError(error)})`, cause: error }
}
