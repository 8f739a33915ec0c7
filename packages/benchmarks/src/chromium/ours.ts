import { createUploader } from '@s3-bg-uploader/core'
import { fetchTransport } from '@s3-bg-uploader/transport-fetch'
import type { Contender } from './task.ts'

export const ours: Contender = async (file, { slots }) => {
  const api = location.origin
  const uploader = await createUploader({
    transport: fetchTransport(),
    concurrency: slots,
    config: {
      startUploadApi: `${api}/start`,
      getUploadUrlsApi: `${api}/urls`,
      completeApi: `${api}/complete`,
    },
  })
  const startedAt = performance.now()
  await (await uploader.uploadFile(file)).done
  const took = performance.now() - startedAt
  await uploader.close()
  return took
}
