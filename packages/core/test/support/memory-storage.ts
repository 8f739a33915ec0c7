import { createHash } from 'node:crypto'
import type { Clock, PutResponse, Range } from '../../src/ports.ts'

/** What no message, snapshot or journal may ever show. */
export const SIGNATURE = 'f00dfeedsignaturef00dfeed'

/** A PUT as it reached the storage. */
export interface StoredPut {
  readonly key: string
  readonly uploadId: string
  readonly part: number
  /** PUTs of this part so far, this one included. */
  readonly attempt: number
}

/** What happens to a PUT instead of success; an Error breaks the exchange, `hang` never answers. */
export type PutFault = PutResponse | Error | 'hang' | undefined

interface Multipart {
  readonly key: string
  readonly parts: Map<number, { readonly etag: string; readonly bytes: Uint8Array }>
  readonly attempts: Map<number, number>
}

/** As much of S3 as the contract needs, in memory. */
export class MemoryStorage {
  readonly objects: Map<string, Uint8Array> = new Map()
  readonly multiparts: Map<string, Multipart> = new Map()
  readonly #clock: Clock
  readonly #transcript: string[]
  #created = 0
  #inFlight = 0
  /** The most PUTs that were ever under way together. */
  mostInFlight = 0
  /** How long a PUT takes, in milliseconds. Half-way it tells half of its bytes. */
  latencyMs = 0
  /** How long a URL is good for. */
  urlLifeSeconds = 3600
  fault: (put: StoredPut) => PutFault = () => undefined

  constructor(clock: Clock, transcript: string[]) {
    this.#clock = clock
    this.#transcript = transcript
  }

  get inFlight(): number {
    return this.#inFlight
  }

  create(key: string): string {
    this.#created += 1
    const uploadId = `mp-${this.#created}`
    this.multiparts.set(uploadId, { key, parts: new Map(), attempts: new Map() })
    return uploadId
  }

  presign(key: string, uploadId: string, part: number): string {
    const date = new Date(this.#clock.wall()).toISOString().replace(/-|:|\.\d+/g, '')
    return `https://s3.test/bucket/${key}?partNumber=${part}&uploadId=${uploadId}&X-Amz-Date=${date}&X-Amz-Expires=${this.urlLifeSeconds}&X-Amz-Signature=${SIGNATURE}`
  }

  async put(request: {
    readonly url: string
    readonly range: Range
    readonly bytes: Uint8Array
    readonly signal: AbortSignal
    readonly onProgress: (sentBytes: number) => void
  }): Promise<PutResponse> {
    const { url, bytes, signal } = request
    const { pathname, searchParams } = new URL(url)
    const uploadId = searchParams.get('uploadId') ?? ''
    const part = Number(searchParams.get('partNumber'))
    const key = decodeURIComponent(pathname.replace('/bucket/', ''))
    const attempts = this.multiparts.get(uploadId)?.attempts
    const attempt = (attempts?.get(part) ?? 0) + 1
    attempts?.set(part, attempt)
    this.#transcript.push(`PUT ${key} ${part}`)
    this.#inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight)
    try {
      if (this.#isExpired(searchParams)) return answer(403)
      const fault = this.fault({ key, uploadId, part, attempt })
      if (fault === 'hang') await this.#wait(Number.POSITIVE_INFINITY, signal)
      if (this.latencyMs > 0) {
        await this.#wait(this.latencyMs / 2, signal)
        if (fault === undefined) request.onProgress(Math.floor(bytes.length / 2))
        await this.#wait(this.latencyMs / 2, signal)
      }
      if (fault instanceof Error) throw fault
      if (fault !== undefined && fault !== 'hang') return fault
      const multipart = this.multiparts.get(uploadId)
      if (multipart === undefined) return noSuchUpload
      const etag = createHash('md5').update(bytes).digest('hex')
      multipart.parts.set(part, { etag, bytes: bytes.slice() })
      return { status: 200, headers: { ETag: `"${etag}"` } }
    } finally {
      this.#inFlight -= 1
    }
  }

  #isExpired(query: URLSearchParams): boolean {
    const fields = /^(....)(..)(..T..)(..)(..Z)$/.exec(query.get('X-Amz-Date') ?? '') ?? []
    const [, year, month, hour, minute, second] = fields
    const signedAt = Date.parse(`${year}-${month}-${hour}:${minute}:${second}`)
    return this.#clock.wall() >= signedAt + Number(query.get('X-Amz-Expires')) * 1000
  }

  /** Whether the parts are exactly those that are stored, ascending. */
  complete(uploadId: string, parts: readonly { PartNumber: number; ETag: string }[]): boolean {
    const multipart = this.multiparts.get(uploadId)
    if (multipart === undefined) return false
    const chunks: Uint8Array[] = []
    let last = 0
    for (const { PartNumber, ETag } of parts) {
      const stored = multipart.parts.get(PartNumber)
      if (stored === undefined || stored.etag !== ETag || PartNumber <= last) return false
      last = PartNumber
      chunks.push(stored.bytes)
    }
    this.objects.set(multipart.key, new Uint8Array(Buffer.concat(chunks)))
    this.multiparts.delete(uploadId)
    return true
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new Error('Aborted'))
      const cancel = Number.isFinite(ms) ? this.#clock.setTimer(resolve, ms) : () => {}
      signal.addEventListener('abort', () => {
        cancel()
        reject(new Error('Aborted'))
      })
    })
  }
}

/** Answers of S3, as a fault may give them. */
export const noSuchUpload: PutResponse = {
  status: 404,
  headers: {},
  body: '<Error><Code>NoSuchUpload</Code></Error>',
}

export const answer = (status: number, headers: Record<string, string> = {}): PutResponse => ({
  status,
  headers,
})
