import { type ErrorCode, UploadError } from '@s3-bg-uploader/core'

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'file_not_found',
  ENOTDIR: 'file_not_found',
  ENAMETOOLONG: 'file_not_found',
  ERR_INVALID_ARG_VALUE: 'file_not_found', // a NUL in the path
  EISDIR: 'file_not_regular',
  ENXIO: 'file_not_regular', // a socket
}

/** Those that pass when other programs, or other uploads, are done. */
const TEMPORARY = new Set(['EMFILE', 'ENFILE', 'EBUSY', 'EAGAIN', 'ENOMEM'])

/** What a failed call of `node:fs` means for the upload. */
export function fileError(error: unknown, path: string): UploadError {
  if (error instanceof UploadError) return error
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  const code = CODES[errno] ?? 'file_unreadable'
  const problem = {
    file_not_found: 'does not exist',
    file_not_regular: 'is not a regular file',
  }[code as string]
  return new UploadError(code, `${path} ${problem ?? `could not be read: ${errno}`}`, {
    cause: error,
    retryable: TEMPORARY.has(errno),
    hint:
      errno === 'EMFILE' || errno === 'ENFILE'
        ? 'Too many files are open. Close some, or raise the limit (ulimit -n).'
        : undefined,
  })
}
