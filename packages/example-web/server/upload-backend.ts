import { createUploadHandler } from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { nodeListener } from '@s3-bg-uploader/backend/node'
import type { Plugin, PreviewServer, ViteDevServer } from 'vite'

const MIB = 1024 * 1024

/** As many parts as the grid shows well. */
const MOST_PARTS = 2000

/**
 * Small parts, so that there is something to see. S3 itself takes no part below 5 MiB but the last,
 * and its round trips want larger ones.
 *
 * @param fileSize bytes
 */
function partSizeFor(fileSize: number): number {
  return Math.max(MIB, Math.ceil(fileSize / MOST_PARTS))
}

/** The backend of this project on Vite's own server: one port, so that the page needs no CORS. */
export function uploadBackend(options: {
  /** Where objects and unfinished uploads are kept; made if it is missing. */
  readonly dir: string
  /** With a slash in front and none behind. */
  readonly basePath: string
}): Plugin {
  const { dir, basePath } = options
  const serve = ({ middlewares }: ViteDevServer | PreviewServer): void => {
    const handler = createUploadHandler({
      storage: diskStorage({ dir }),
      // A demo that listens on this machine only. A backend of yours asks for credentials here.
      authorize: () => ({ id: 'demo' }),
      basePath,
      partSizeFor,
    })
    const listener = nodeListener(handler)
    middlewares.use((request, response, next) => {
      if (request.url?.startsWith(`${basePath}/`)) listener(request, response)
      else next()
    })
  }
  return { name: 'upload-backend', configureServer: serve, configurePreviewServer: serve }
}
