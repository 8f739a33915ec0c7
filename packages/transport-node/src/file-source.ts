import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { basename, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type ForegroundSource,
  type Json,
  type PutRequest,
  type PutResponse,
  type Range,
  UploadError,
} from '@s3-bg-uploader/core'
import { fileError } from './file-error.ts'
import { FileHandle } from './file-handle.ts'

/** Sends a range of a file. */
export type Put = (file: FileHandle, request: PutRequest) => Promise<PutResponse>

/**
 * Opens a file as a source: looks at it, but holds no descriptor.
 *
 * @param file a path, or a file: URL.
 * @throws UploadError `file_not_found`, `file_not_regular`, `file_unreadable`.
 */
export async function openFileSource(file: string | URL, put: Put): Promise<ForegroundSource> {
  const path = pathOf(file)
  try {
    // stat first, since opening a fifo would wait for a writer and opening a device may do things.
    const stats = await stat(path, { bigint: true })
    if (!stats.isFile()) {
      const kind = stats.isDirectory() ? 'a directory' : 'not a regular file'
      throw new UploadError('file_not_regular', `${path} is ${kind}`)
    }
    await access(path, constants.R_OK)
    return new FileSource(new FileHandle(path, stats), Number(stats.mtimeNs / 1_000_000n), put)
  } catch (error) {
    throw fileError(error, path)
  }
}

/** Opens the file behind a `ref` again. Throws as `openFileSource` does. */
export async function reopenFileSource(ref: Json, put: Put): Promise<ForegroundSource> {
  const path = typeof ref === 'object' && ref !== null && 'path' in ref ? ref.path : undefined
  if (typeof path !== 'string' || !isAbsolute(path))
    throw new UploadError('file_not_found', 'The recorded reference names no absolute path')
  return openFileSource(path, put)
}

function pathOf(file: string | URL): string {
  if (typeof file === 'string' && !/^file:\/\//i.test(file)) return resolve(file)
  const url = String(file)
  try {
    return fileURLToPath(url)
  } catch (error) {
    throw new UploadError('file_not_found', `Not a URL of a local file: ${url.split(/[?#]/)[0]}`, {
      cause: error,
      hint: 'This transport opens paths and file: URLs. Download other URLs to a file first.',
    })
  }
}

class FileSource implements ForegroundSource {
  readonly lastModified: number
  readonly #file: FileHandle
  readonly #put: Put

  constructor(file: FileHandle, lastModified: number, put: Put) {
    this.#file = file
    this.lastModified = lastModified
    this.#put = put
  }

  get name(): string {
    return basename(this.#file.path)
  }

  get size(): number {
    return this.#file.size
  }

  get ref(): Json {
    return { path: this.#file.path }
  }

  read(range: Range, into: Uint8Array): Promise<Uint8Array> {
    const bytes = into.subarray(0, range.end - range.start)
    return this.#file.use(async () => {
      await this.#file.fill(bytes, range.start)
      await this.#file.verify()
      return bytes
    })
  }

  put(request: PutRequest): Promise<PutResponse> {
    return this.#put(this.#file, request)
  }

  close(): Promise<void> {
    return this.#file.closeIfIdle()
  }
}
