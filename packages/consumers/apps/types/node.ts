// What programs on Node write against the packages.
import { createServer } from 'node:http'
import { S3Client } from '@aws-sdk/client-s3'
import { type BackendErrorCode, createUploadHandler, ownedUploads } from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { fastifyPlugin } from '@s3-bg-uploader/backend/fastify'
import { lambdaHandler } from '@s3-bg-uploader/backend/lambda'
import { nodeListener } from '@s3-bg-uploader/backend/node'
import { s3Storage } from '@s3-bg-uploader/backend/s3'
import { ExitCode, processIo, run } from '@s3-bg-uploader/cli'
import { createUploader, isUploadError, type Uploader } from '@s3-bg-uploader/core'
import { startAnswer } from '@s3-bg-uploader/core/wire'
import { levelStore, nodeTransport } from '@s3-bg-uploader/transport-node'

const uploader: Uploader<string> = await createUploader({
  transport: nodeTransport(),
  store: levelStore('./journal'),
})
uploader.setConfig({
  startUploadApi: 'http://127.0.0.1/start',
  getUploadUrlsApi: 'http://127.0.0.1/urls',
  completeApi: 'http://127.0.0.1/complete',
  headers: async () => ({ authorization: 'Bearer token' }),
})
const upload = await uploader.uploadFile('film.mp4', {
  transferId: 'trip',
  userParams: { albumId: '42' },
})
upload.subscribe(() => console.log(upload.getSnapshot().percentage.toFixed(0)))
try {
  const { key }: { key?: string | undefined } = await upload.done
  console.log(key)
} catch (error) {
  if (isUploadError(error)) console.error(error.code, error.hint, error.part?.toFixed(0))
}

// @ts-expect-error: names of files, not numbers
await uploader.uploadFile(42)
// @ts-expect-error: there is no such option
await createUploader({ transport: nodeTransport(), speed: 'high' })

const disk = createUploadHandler({
  storage: diskStorage({ dir: './storage' }),
  authorize: ({ headers }) => (headers.has('authorization') ? { id: 'ann' } : undefined),
})
createServer(nodeListener(disk)).close()
export const s3 = createUploadHandler({
  storage: ownedUploads(s3Storage({ client: new S3Client({}), bucket: 'uploads' }), {
    secrets: ['a secret of more than thirty-two characters'],
  }),
  authorize: () => ({ id: 'everybody' }),
})
export const plugin = fastifyPlugin(disk)
export const main = lambdaHandler(disk)
export const code: BackendErrorCode = 'NoSuchUpload'
export const programs = [run, processIo, ExitCode.ok, startAnswer]
