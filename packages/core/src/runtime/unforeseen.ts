import { UploadError } from '../errors.ts'

/** A bug: whatever it was, nobody foresaw it. */
export function unforeseen(cause: unknown): UploadError {
  return new UploadError('internal', 'Something failed unexpectedly', { cause })
}
