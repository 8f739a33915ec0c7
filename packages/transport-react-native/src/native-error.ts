import { UploadError } from '@s3-bg-uploader/core'

const QUEUE_FULL =
  'The queue of this device could not be written, so nothing was sent: free space on the device, then call retry().'

/**
 * What a code of the native module means. The message comes from there, free of URLs. A code that
 * is not about the file is a broken exchange, which is tried again.
 */
export function nativeError(code: string | undefined, message: string, cause?: unknown): Error {
  switch (code) {
    case 'file_not_found':
    case 'file_not_regular':
    case 'file_unreadable':
    case 'source_changed':
      return new UploadError(code, message, { cause })
    case 'store_failed':
      return new UploadError(code, message, { cause, hint: QUEUE_FULL, retryable: true })
    case 'aborted':
      return new UploadError('cancelled', message, { cause })
    default:
      return new Error(message, { cause })
  }
}

/** Calls the native module; what it rejects with becomes an error of ours. */
export async function callNative<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw nativeError(codeOf(cause), cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
