import { UploadError } from '@s3-bg-uploader/core'

/**
 * Files were gone from where they were when they were last looked for. `resume()` looks again, and
 * those that are back go on. `cause` is an UploadError `file_not_found`.
 */
export class S3BgUploaderResumeError extends Error {
  /** That of the original. */
  override readonly name: 'S3BgUploaderResumeError' = 'S3BgUploaderResumeError'

  constructor(names: readonly string[]) {
    const message = `Not found when last looked for: ${names.join(', ')}. Call uploadFile() with where they are now, or cancelFile().`
    super(message, { cause: new UploadError('file_not_found', message, { retryable: true }) })
  }
}

/** The file is in this transfer already; `cause` is an UploadError `duplicate_upload`. */
export class S3BgUploaderDuplicateFileError extends Error {
  /** That of the original. */
  override readonly name: 'S3BgUploaderDuplicateFileError' = 'S3BgUploaderDuplicateFileError'

  constructor(fileName: string) {
    const message = `${fileName} is in this transfer already`
    super(message, { cause: new UploadError('duplicate_upload', message) })
  }
}
