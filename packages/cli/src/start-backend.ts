import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createUploadHandler, defaultPartSize, type UploadStorage } from '@s3-bg-uploader/backend'
import { nodeListener } from '@s3-bg-uploader/backend/node'

const HOST = '127.0.0.1'

export interface BackendOptions {
  readonly storage: UploadStorage
  /** 0 for any free one. */
  readonly port: number
  /** Bytes. Default: 8 MiB, or more where the file would have too many parts. */
  readonly partSize: number | undefined
  /** Called with the key of each object that was stored. */
  readonly onStored: (key: string) => void
  /** Gets what the client saw as a 500. Default: `console.error`. */
  readonly onError?: (error: unknown) => void
}

export interface Backend {
  readonly origin: string
  /** The endpoints, by the option of the upload command that takes them. */
  readonly endpoints: {
    readonly start: string
    readonly urls: string
    readonly complete: string
    readonly listParts: string
    readonly abort: string
  }
  /** Stops listening and breaks off what is under way. */
  close(): Promise<void>
}

/** The backend of this project over HTTP, for this machine only: it asks for no credentials. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { storage, partSize } = options
  const handler = createUploadHandler({
    storage,
    authorize: () => ({ id: 'local' }),
    partSizeFor: (fileSize) =>
      partSize === undefined
        ? defaultPartSize(fileSize)
        : Math.max(partSize, Math.ceil(fileSize / 10_000)),
    onCompleted: ({ key }) => options.onStored(key),
    ...(options.onError === undefined ? {} : { onError: options.onError }),
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
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
