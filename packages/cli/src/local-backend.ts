import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { type Backend, startBackend } from './start-backend.ts'

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

export interface LocalBackend extends Backend {
  objectPath(key: string): string
}

/** A backend with a folder in place of S3. */
export async function startLocalBackend(options: LocalBackendOptions): Promise<LocalBackend> {
  const { port, dir, partSize, urlTtlSeconds } = options
  const storage = diskStorage({ dir, ...(urlTtlSeconds === undefined ? {} : { urlTtlSeconds }) })
  const objectPath = (key: string): string => storage.objectPath(key)
  const backend = await startBackend({
    storage,
    port,
    partSize,
    onStored: (key) => options.onStored?.({ key, path: objectPath(key) }),
  })
  return { ...backend, objectPath }
}
