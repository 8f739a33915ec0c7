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

/**
 * Bytes that are read ahead. A read goes through another process: many small ones take twice the
 * time of few large ones, and all of a file is read before its first part can be sent.
 */
const READ_AHEAD = 8 * 1024 * 1024

interface Ahead {
  readonly start: number
  readonly bytes: Uint8Array
}

const NOTHING: Ahead = { start: 0, bytes: new Uint8Array(0) }

/** A file that was opened, as a source. */
export class FileSource implements ForegroundSource {
  readonly ref: Json | undefined
  readonly #opened: OpenedFile
  readonly #send: SendPart
  #ahead: Ahead = NOTHING

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
  async read({ start, end }: Range): Promise<Uint8Array> {
    if (start < this.#ahead.start || end > endOf(this.#ahead)) {
      const until = Math.max(end, Math.min(start + READ_AHEAD, this.size))
      this.#ahead = { start, bytes: await this.#load({ start, end: until }) }
      if (end > endOf(this.#ahead))
        throw new UploadError('source_changed', `${this.name} ends before byte ${end}`)
    }
    const { start: from, bytes } = this.#ahead
    // At the end of the file nobody needs it any more.
    if (end === this.size) this.#ahead = NOTHING
    return bytes.subarray(start - from, end - from)
  }

  async #load(range: Range): Promise<Uint8Array> {
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

  async close(): Promise<void> {
    this.#ahead = NOTHING
  }

  /** Without a type, from which platforms would make a content-type header that nobody signed. */
  #slice({ start, end }: Range): Blob {
    if (end <= this.size) return this.#opened.file.slice(start, end, '')
    throw new UploadError('source_changed', `${this.name} ends before byte ${end}`)
  }
}

function endOf({ start, bytes }: Ahead): number {
  return start + bytes.length
}
