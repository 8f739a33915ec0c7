import { type Range, UploadError } from '@s3-bg-uploader/core'
import type { ExpoFile, ExpoFileHandle, ExpoFileSystem } from './file-system.ts'

/** A file as it was when it was opened; it holds nothing open between two reads. */
export class OpenedFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly lastModified: number | undefined
  readonly #file: ExpoFile
  readonly #readOnly: unknown

  /** @throws UploadError `file_not_found`, `file_not_regular`, `file_unreadable`. */
  constructor(fileSystem: ExpoFileSystem, uri: string, name: string | undefined) {
    this.#readOnly = fileSystem.FileMode.ReadOnly
    try {
      this.#file = new fileSystem.File(uri)
      this.name = name ?? this.#file.name
      const { exists, size, modificationTime } = this.#file.info()
      if (!exists) throw new UploadError('file_not_found', `There is no ${this.name}`)
      this.size = size ?? 0
      // Providers on Android that do not know it tell 0.
      this.lastModified = modificationTime || undefined
    } catch (cause) {
      if (cause instanceof UploadError) throw cause
      if (isDirectory(fileSystem, uri)) {
        throw new UploadError('file_not_regular', 'A folder cannot be uploaded', { cause })
      }
      throw new UploadError('file_unreadable', 'The file could not be opened', { cause })
    }
  }

  /** @throws UploadError `source_changed`, `file_not_found`, `file_unreadable`. */
  verify(): void {
    const { exists, size, modificationTime } = this.#info()
    if (!exists) throw new UploadError('file_not_found', `${this.name} is gone`)
    if (size === this.size && (modificationTime || undefined) === this.lastModified) return
    throw new UploadError('source_changed', `${this.name} has changed`)
  }

  /**
   * Hands out the bytes of a range, at most `step` at a time.
   *
   * @throws UploadError as `verify` does, and what `use` throws.
   */
  async read(range: Range, step: number, use: (bytes: Uint8Array) => unknown): Promise<void> {
    const handle = this.#open()
    try {
      handle.offset = range.start
      for (let at = range.start; at < range.end; at += step) {
        const length = Math.min(step, range.end - at)
        const bytes = await this.#take(handle, length)
        if (bytes.length !== length) {
          throw new UploadError('source_changed', `${this.name} ends before byte ${at + length}`)
        }
        await use(bytes)
      }
    } finally {
      handle.close()
    }
    this.verify()
  }

  #info(): ReturnType<ExpoFile['info']> {
    try {
      return this.#file.info()
    } catch (cause) {
      throw new UploadError('file_unreadable', `${this.name} could not be looked at`, { cause })
    }
  }

  #open(): ExpoFileHandle {
    try {
      return this.#file.open(this.#readOnly)
    } catch (cause) {
      throw this.#unreadable(cause)
    }
  }

  async #take(handle: ExpoFileHandle, length: number): Promise<Uint8Array> {
    try {
      return await handle.readBytes(length)
    } catch (cause) {
      throw this.#unreadable(cause)
    }
  }

  #unreadable(cause: unknown): UploadError {
    // What is gone or another one now is told as such.
    this.verify()
    return new UploadError('file_unreadable', `${this.name} could not be read`, { cause })
  }
}

function isDirectory({ Directory }: ExpoFileSystem, uri: string): boolean {
  try {
    return new Directory(uri).exists
  } catch {
    // Then nothing is known of it, and why the file could not be opened is told.
    return false
  }
}
