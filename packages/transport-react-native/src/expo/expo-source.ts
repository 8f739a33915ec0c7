import type { ForegroundSource, Json, PutRequest, PutResponse, Range } from '@s3-bg-uploader/core'
import type { ExpoFile } from './file-system.ts'
import type { OpenedFile } from './opened-file.ts'
import type { PartFiles } from './part-files.ts'

const BODY_CHARACTERS = 4096

/** A file that was opened, as a source. It holds nothing open. */
export class ExpoSource implements ForegroundSource {
  readonly ref: Json
  readonly #opened: OpenedFile
  readonly #parts: PartFiles

  constructor(opened: OpenedFile, ref: Json, parts: PartFiles) {
    this.#opened = opened
    this.ref = ref
    this.#parts = parts
  }

  get name(): string {
    return this.#opened.name
  }

  get size(): number {
    return this.#opened.size
  }

  get lastModified(): number | undefined {
    return this.#opened.lastModified
  }

  async read(range: Range): Promise<Uint8Array> {
    let read: Uint8Array = new Uint8Array(0)
    await this.#opened.read(range, Number.POSITIVE_INFINITY, (bytes) => {
      read = bytes
    })
    return read
  }

  async put(request: PutRequest): Promise<PutResponse> {
    const { range, signal } = request
    if (signal.aborted) throw new Error('The part was stopped')
    try {
      return await this.#parts.withCopy(this.#opened, range, signal, (copy) => send(copy, request))
    } finally {
      // The copy is of the file as it was; another one now would not fit together with it.
      if (!signal.aborted) this.#opened.verify()
    }
  }

  async close(): Promise<void> {}
}

async function send(copy: ExpoFile, request: PutRequest): Promise<PutResponse> {
  const { url, range, signal, onProgress } = request
  const length = range.end - range.start
  let sent = 0
  const task = copy.createUploadTask(url, {
    httpMethod: 'PUT',
    signal,
    onProgress({ bytesSent }) {
      // A connection that Expo opens again begins at 0.
      sent = Math.max(sent, Math.min(bytesSent, length))
      onProgress(sent)
    },
  })
  try {
    const { status, headers, body } = await task.uploadAsync()
    const refused = status < 200 || status >= 300
    return { status, headers, ...(refused && { body: body.slice(0, BODY_CHARACTERS) }) }
  } finally {
    task.release()
  }
}
