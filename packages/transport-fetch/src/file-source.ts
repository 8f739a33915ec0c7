import {
  type ForegroundSource,
  type Json,
  type PutRequest,
  type PutResponse,
  type Range,
  UploadError,
} from '@s3-bg-uploader/core'
import type { OpenedFile } from './opened-file.ts'
import { checkPresignedUrl } from './presigned-url.ts'

/** Sends bytes to a presigned URL, which has been checked, with method PUT. */
export type SendPart = (part: {
  readonly url: string
  readonly body: Blob
  readonly signal: AbortSignal
  readonly onProgress: (sentBytes: number) => void
}) => Promise<PutResponse>

/** A file that was opened, as a source. It holds nothing that would have to be freed. */
export class FileSource implements ForegroundSource {
  readonly ref: Json | undefined
  readonly #opened: OpenedFile
  readonly #send: SendPart

  constructor(opened: OpenedFile, ref: Json | undefined, send: SendPart) {
    this.#opened = opened
    this.ref = ref
    this.#send = send
  }

  get name(): string {
    return this.#opened.name
  }

  get size(): number {
    return this.#opened.size
  }

  get lastModified(): number {
    return this.#opened.lastModified
  }

  // What changes unnoticed while it is read, each put notices.
  async read(range: Range): Promise<Uint8Array> {
    const slice = this.#slice(range)
    try {
      return new Uint8Array(await slice.arrayBuffer())
    } catch (cause) {
      await this.#opened.verify()
      throw new UploadError('file_unreadable', `${this.name} could not be read`, { cause })
    }
  }

  async put({ url, range, signal, onProgress }: PutRequest): Promise<PutResponse> {
    checkPresignedUrl(url)
    const body = this.#slice(range)
    await this.#opened.verify()
    signal.throwIfAborted()
    try {
      return await this.#send({ url, body, signal, onProgress })
    } finally {
      // Platforms report a file that they could not read on the way as a broken connection.
      if (!signal.aborted) await this.#opened.verify()
    }
  }

  async close(): Promise<void> {}

  /** Without a type, from which platforms would make a content-type header that nobody signed. */
  #slice({ start, end }: Range): Blob {
    if (end <= this.size) return this.#opened.file.slice(start, end, '')
    throw new UploadError('source_changed', `${this.name} ends before byte ${end}`)
  }
}
