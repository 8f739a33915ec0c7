import {
  type ForegroundSource,
  type Json,
  type PutRequest,
  type PutResponse,
  type Range,
  UploadError,
} from '@s3-bg-uploader/core'
import { FileStream } from './file-stream.ts'
import type { OpenedFile } from './opened-file.ts'
import { checkPresignedUrl } from './presigned-url.ts'

/** Sends bytes to a presigned URL, which has been checked, with method PUT. */
export type SendPart = (part: {
  readonly url: string
  readonly body: Blob
  readonly signal: AbortSignal
  readonly onProgress: (sentBytes: number) => void
  /** Called, where the platform tells, when the last byte is on its way and only the answer is not here. */
  readonly onSent: () => void
}) => Promise<PutResponse>

/** A file that was opened, as a source. */
export class FileSource implements ForegroundSource {
  readonly name: string
  readonly size: number
  readonly lastModified: number
  readonly ref: Json | undefined
  readonly #opened: OpenedFile
  readonly #send: SendPart
  /** Behind the last read. */
  #stream: FileStream | undefined
  #closed = false
  /** Parts that are on their way. */
  #sending = 0
  /** The last look at the file that began. */
  #look: Promise<void> = Promise.resolve()
  /** The one after it, which has not begun. */
  #nextLook: Promise<void> | undefined

  constructor(opened: OpenedFile, ref: Json | undefined, send: SendPart) {
    this.name = opened.name
    this.size = opened.size
    this.lastModified = opened.lastModified
    this.#opened = opened
    this.ref = ref
    this.#send = send
  }

  // What changes unnoticed while it is read, each put notices.
  async read({ start, end }: Range, into: Uint8Array): Promise<Uint8Array> {
    const bytes = into.subarray(0, end - start)
    const stream = this.#streamFrom(start)
    const filled = await stream.fill(bytes).catch(async (cause: unknown) => {
      stream.close()
      await this.#opened.verify()
      throw new UploadError('file_unreadable', `${this.name} could not be read`, { cause })
    })
    if (filled === bytes.length && end < this.size && !this.#closed) this.#stream = stream
    else stream.close()
    if (filled === bytes.length) return bytes
    throw new UploadError('source_changed', `${this.name} ends before byte ${end}`)
  }

  /** Nobody else is given it meanwhile. */
  #streamFrom(start: number): FileStream {
    const stream = this.#stream
    this.#stream = undefined
    if (stream?.position === start) return stream
    stream?.close()
    return new FileStream(this.#opened.file, start)
  }

  async put({ url, range, signal, onProgress }: PutRequest): Promise<PutResponse> {
    checkPresignedUrl(url)
    const { start, end } = range
    if (end > this.size)
      throw new UploadError('source_changed', `${this.name} ends before byte ${end}`)
    // Without a type, from which platforms would make a content-type header that nobody signed.
    const body = this.#opened.file.slice(start, end, '')
    const isAlone = this.#sending === 0
    this.#sending += 1
    try {
      // While other parts are sent, what is seen after them is early enough for this one.
      if (isAlone) await this.#verify()
      signal.throwIfAborted()
      return await this.#sendUnchanged({ url, body, signal, onProgress })
    } finally {
      this.#sending -= 1
    }
  }

  /** Fails when the file is not the same after all of the part was read. */
  async #sendUnchanged(part: Omit<Parameters<SendPart>[0], 'onSent'>): Promise<PutResponse> {
    let checked: Promise<void> | undefined
    // While the storage makes its answer, so that the slot does not wait for it afterwards.
    const onSent = (): void => {
      checked = this.#verify()
      checked.catch(() => {
        // It is looked at below.
      })
    }
    try {
      return await this.#send({ ...part, onSent })
    } finally {
      // Platforms report a file that they could not read on the way as a broken connection.
      if (!part.signal.aborted) await (checked ?? this.#verify())
    }
  }

  /** Parts often end at once: a look that begins after all of them is enough, and several at once are slower. */
  #verify(): Promise<void> {
    const look = (): Promise<void> => {
      this.#nextLook = undefined
      this.#look = this.#opened.verify()
      return this.#look
    }
    this.#nextLook ??= this.#look.then(look, look)
    return this.#nextLook
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stream?.close()
    this.#stream = undefined
  }
}
