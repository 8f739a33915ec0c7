import { type ErrorCode, UploadError } from '../errors.ts'
import type { FailedWith } from '../machine/upload-state.ts'

/** Failures after which retry() may well succeed with nothing else done. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'backend_unavailable',
  'complete_uncertain',
  'file_not_found',
  'hasher_missing',
  'network_failed',
  'permission_needed',
  'source_changed',
  'stalled',
  'storage_unavailable',
  'upload_lost',
])

export function toError({ code, step, part, failure }: FailedWith): UploadError {
  const { message, cause, hint, status } = failure
  return new UploadError(code, message, {
    retryable: RETRYABLE.has(code),
    cause,
    hint,
    status,
    call: step === 'put' || step === 'file' ? undefined : step,
    part,
  })
}
