import { isUploadError } from '../errors.ts'
import type { Failure } from '../machine/failure.ts'
import { localFailure } from '../protocol/local-failure.ts'
import { describeError } from '../protocol/safe-cause.ts'

/** What a transport threw while it worked on the file. */
export function fileFailure(error: unknown): Failure {
  return localFailure(error, 'file_unreadable', 'The file could not be read')
}

/** What a transport threw instead of an answer to a PUT. */
export function putFailure(error: unknown, part: number): Failure {
  if (isUploadError(error)) return fileFailure(error)
  const message = `The exchange for part ${part} broke (${describeError(error)})`
  return { kind: 'exchange', message, cause: error }
}
