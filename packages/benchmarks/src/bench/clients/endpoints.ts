import type { UploaderConfig } from '@s3-bg-uploader/core'

export function endpoints(origin: string): UploaderConfig {
  return {
    startUploadApi: `${origin}/start`,
    getUploadUrlsApi: `${origin}/urls`,
    completeApi: `${origin}/complete`,
  }
}
