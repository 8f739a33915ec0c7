import { createServer } from 'node:http'
import { createUploadHandler } from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { nodeListener } from '@s3-bg-uploader/backend/node'

/** Serves the endpoints under /uploads on loopback, and whatever `page` answers elsewhere. */
export async function serveBackend(dir, page = (_request, response) => response.end()) {
  const listener = nodeListener(
    createUploadHandler({
      storage: diskStorage({ dir }),
      authorize: () => ({ id: 'everybody' }),
      keyFor: ({ fileName }) => fileName,
      partSizeFor: () => 1024 * 1024,
      basePath: '/uploads',
      cors: { origins: '*' },
    }),
  )
  const server = createServer((request, response) =>
    request.url.startsWith('/uploads/') ? listener(request, response) : page(request, response),
  )
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
