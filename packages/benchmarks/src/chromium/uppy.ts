import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'
import type { Contender } from './task.ts'

interface SignedRequest {
  readonly method: string
  readonly key: string
  readonly uploadId?: string
  readonly partNumber?: number
}

export const uppy: Contender = async (file, { partSize, slots }) => {
  const instance = new Uppy()
  instance.use(AwsS3, {
    shouldUseMultipart: true,
    limit: slots,
    getChunkSize: () => partSize,
    signRequest: async (request) => {
      const { method, key, uploadId = '', partNumber = '' } = request as SignedRequest
      const asked = {
        method,
        key,
        ...(uploadId === '' ? { uploads: '' } : { uploadId, partNumber }),
      }
      const body = JSON.stringify(asked)
      const response = await fetch('/sign', { method: 'POST', body })
      return (await response.json()) as { url: string }
    },
  })
  instance.addFile({ name: file.name, data: file })
  const startedAt = performance.now()
  const result = await instance.upload()
  const took = performance.now() - startedAt
  if (result?.successful?.length !== 1)
    throw new Error(`Uppy failed: ${result?.failed?.[0]?.error}`)
  instance.destroy()
  return took
}
