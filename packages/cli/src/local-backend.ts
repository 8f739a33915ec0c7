import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createUploadHandler, defaultPartSize } from '@s3-bg-uploader/backend'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { nodeListener } from '@s3-bg-uploader/backend/node'

const HOST = '127.0.0.1'

export interface LocalBackendOptions {
  /** 0 for any free one. */
  readonly port: number
  /** Where objects and unfinished uploads are kept; made if it is not there. */
  readonly dir: string
  /** Bytes. Default: 8 MiB, or more where the file would have too many parts. */
  readonly partSize: number | undefined
  readonly urlTtlSeconds: number | undefined
  /** Called with the path of each object that was stored. */
  readonly onStored?: (object: { readonly key: string; readonly path: string }) => void
}

export interface LocalBackend {
  readonly origin: string
  /** The endpoints, by the option of the upload command that takes them. */
  readonly endpoints: {
    readonly start: string
    readonly urls: string
    readonly complete: string
    readonly listParts: string
    readonly abort: string
  }
  objectPath(key: string): string
  /** Stops listening and breaks off what is under way. */
  close(): Promise<void>
}

/** The backend of this project over HTTP, with a folder in place of S3, for this machine only. */
export async function startLocalBackend(options: LocalBackendOptions): Promise<LocalBackend> {
  const { partSize, urlTtlSeconds } = options
  const storage = diskStorage({
    dir: options.dir,
    ...(urlTtlSeconds === undefined ? {} : { urlTtlSeconds }),
  })
  const handler = createUploadHandler({
    storage,
    authorize: () => ({ id: 'local' }),
    partSizeFor: (fileSize) =>
      partSize === undefined
        ? defaultPartSize(fileSize)
        : Math.max(partSize, Math.ceil(fileSize / 10_000)),
    onCompleted: ({ key }) => options.onStored?.({ key, path: storage.objectPath(key) }),
  })
  const server = createServer(nodeListener(handler))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, HOST, resolve)
  })
  const origin = `http://${HOST}:${(server.address() as AddressInfo).port}`
  return {
    origin,
    endpoints: {
      start: `${origin}/start`,
      urls: `${origin}/urls`,
      complete: `${origin}/complete`,
      listParts: `${origin}/list-parts`,
      abort: `${origin}/abort`,
    },
    objectPath: (key) => storage.objectPath(key),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
