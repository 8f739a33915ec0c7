import { createUploadHandler, type UploadHandler } from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'

export const KEY = "trip/a b & c+d/Ümläut 日本/100%2Foff;#1='(x)'.bin"

export const handler: UploadHandler = createUploadHandler({
  storage: diskStorage({ dir: './uploads' }),
  authorize: ({ headers }) => (headers.has('authorization') ? { id: 'ann' } : undefined),
  keyFor: () => KEY,
  partSizeFor: () => 4,
  basePath: '/uploads',
  cors: { origins: '*' },
})
