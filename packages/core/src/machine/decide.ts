import type { ControlCall, ErrorCode } from '../errors.ts'
import type { Failure } from './failure.ts'

/** What can fail: a control call, a PUT, or work on the file. */
export type Step = ControlCall | 'put' | 'file'

/**
 * - `retry`: the same again after a pause, a bounded number of times
 * - `fresh_url`: the same again with a new presigned URL
 * - `restart`: the storage has forgotten the multipart upload or its parts, begin at startUpload
 * - `fail`: trying again would not help
 */
export type Decision = 'retry' | 'fresh_url' | 'restart' | 'fail'

/** The one place that decides between retry and fail (guarantees 4 and 5). */
export function decide(step: Step, failure: Failure): Decision {
  switch (failure.kind) {
    case 'exchange':
    case 'stalled':
    case 'expired':
      return 'retry'
    case 'unusable':
    case 'local':
      // That is code that comes over the network, as an answer does.
      return failure.code === 'hasher_missing' ? 'retry' : 'fail'
    case 'status': {
      const { status, reason } = failure
      if (isTransient(status)) return 'retry'
      if (step === 'put') {
        if (status === 403 || reason === 'ExpiredToken') return 'fresh_url'
        // S3's way to say 408: it closed a socket that was too slow.
        if (reason === 'RequestTimeout') return 'retry'
        if (status === 404 && (reason ?? 'NoSuchUpload') === 'NoSuchUpload') return 'restart'
      } else if (step !== 'start' && reason === 'NoSuchUpload') return 'restart'
      return 'fail'
    }
  }
}

/**
 * The storage has other parts than complete named: a PUT that was given up arrived late, or somebody
 * else sent one. To ask again is of no use, only to send everything anew is.
 */
export function isInvalidPart({ reason }: Failure): boolean {
  return reason === 'InvalidPart'
}

function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

/** The code under which a failure is reported once there is nothing more to try. */
export function errorCode(step: Step, failure: Failure): ErrorCode {
  switch (failure.kind) {
    case 'exchange':
      return 'network_failed'
    case 'stalled':
      return 'stalled'
    case 'expired':
      return 'response_invalid'
    case 'unusable':
    case 'local':
      return failure.code
    case 'status':
      if (isTransient(failure.status))
        return step === 'put' ? 'storage_unavailable' : 'backend_unavailable'
      if (failure.reason === 'NoSuchUpload') return 'upload_lost'
      if (step === 'put') return 'storage_rejected'
      return failure.status === 401 || failure.status === 403 ? 'unauthorized' : 'backend_rejected'
  }
}
