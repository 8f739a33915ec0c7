import { type Json, type Range, type Source, UploadError } from '@s3-bg-uploader/core'
import { decodeBase64 } from './base64.ts'
import { refOf } from './file-ref.ts'
import { callNative } from './native-error.ts'
import type { NativeFile, NativeFileRef, NativeModule } from './native-module.ts'

let hashes = 0

/** A file that the native side has looked at. It holds nothing open between two calls. */
export class NativeSource implements Source {
  readonly name: string
  readonly size: number
  readonly lastModified: number | undefined
  readonly ref: Json
  readonly #native: NativeModule
  readonly #file: NativeFileRef

  constructor(native: NativeModule, path: string, { name, size, lastModified }: NativeFile) {
    this.name = name
    this.size = size
    this.lastModified = lastModified < 0 ? undefined : lastModified
    this.#native = native
    this.#file = { path, size, lastModified }
    this.ref = refOf(this.#file)
  }

  /** Through base64: a third more bytes, and slow. Nothing but a part of a file needs it. */
  async read({ start, end }: Range, into: Uint8Array): Promise<Uint8Array> {
    const text = await callNative(() => this.#native.read(this.#file, start, end))
    const bytes = into.subarray(0, end - start)
    if (decodeBase64(text, bytes) < bytes.length) {
      throw new UploadError('source_changed', `${this.name} ends before byte ${end}`)
    }
    return bytes
  }

  async hash({ signal, onProgress }: Parameters<NonNullable<Source['hash']>>[0]): Promise<string> {
    if (signal.aborted) throw new UploadError('cancelled', 'Hashing was stopped')
    hashes += 1
    // Bundles are loaded again while the native side lives on with what the last one began.
    const id = `${Date.now()}-${hashes}`
    const events = this.#native.onHashed((event) => {
      if (event.id === id) onProgress(event.hashedBytes)
    })
    const stop = (): void => {
      // It may be over already; then its result is dropped all the same.
      this.#native.cancelHash(id).catch(() => {})
    }
    signal.addEventListener('abort', stop)
    try {
      return await callNative(() => this.#native.hash(id, this.#file))
    } finally {
      signal.removeEventListener('abort', stop)
      events.remove()
    }
  }

  async close(): Promise<void> {}
}

/**
 * Opens what pickers and cameras give: a path, a `file://` URI or, on Android, a `content://` URI.
 *
 * @throws UploadError `file_not_found`, `file_not_regular`, `file_unreadable`.
 */
export async function openNative(native: NativeModule, path: string): Promise<NativeSource> {
  return new NativeSource(native, path, await callNative(() => native.open(path)))
}
