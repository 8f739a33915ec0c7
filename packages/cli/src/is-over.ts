import type { UploadSnapshot } from '@s3-bg-uploader/core'

/** Whether nothing more happens to an upload by itself. */
export function isOver({ status }: UploadSnapshot): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
