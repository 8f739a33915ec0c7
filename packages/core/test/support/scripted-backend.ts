import type { ControlCall } from '../../src/errors.ts'
import type { Clock, Fetch, FetchRequest, FetchResponse } from '../../src/ports.ts'
import type { UploaderConfig } from '../../src/uploader/types.ts'
import type { MemoryStorage } from './memory-storage.ts'

export const endpoints = {
  startUploadApi: 'https://api.test/start',
  getUploadUrlsApi: 'https://api.test/urls',
  completeApi: 'https://api.test/complete',
} as const satisfies UploaderConfig

export const extensions = {
  listPartsApi: 'https://api.test/list',
  abortApi: 'https://api.test/abort',
} as const

/** What happens to a control call instead of success. `lost` takes effect but brings no answer. */
export type CallFault = FetchResponse | Error | 'hang' | 'lost' | undefined

/** A control call as it arrived. */
export interface ArrivedCall {
  readonly call: ControlCall
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export function json(status: number, body: unknown = {}, headers: object = {}): FetchResponse {
  const all = new Headers({ 'content-type': 'application/json', ...headers })
  return { status, headers: all, text: async () => JSON.stringify(body) }
}

/** The endpoints of the contract over a storage in memory. */
export class ScriptedBackend {
  readonly calls: ArrivedCall[] = []
  readonly #storage: MemoryStorage
  readonly #clock: Clock
  readonly #transcript: string[]
  /** Bytes. */
  partSize = 4
  /** How long a control call takes, in milliseconds. */
  latencyMs = 0
  /** Asked for every call; `count` is how often this call was made, this time included. */
  fault: (call: ControlCall, count: number) => CallFault = () => undefined

  constructor(storage: MemoryStorage, clock: Clock, transcript: string[]) {
    this.#storage = storage
    this.#clock = clock
    this.#transcript = transcript
  }

  count(call: ControlCall): number {
    return this.calls.filter((arrived) => arrived.call === call).length
  }

  fetch: Fetch = async (url, request) => {
    const { pathname } = new URL(url)
    const [, name = '', ...rest] = pathname.split('/')
    const call = name as ControlCall
    const body = JSON.parse(request.body)
    this.calls.push({ call, url, headers: request.headers, body })
    this.#transcript.push(describeCall(call, body))
    if (this.latencyMs > 0) await this.#wait(this.latencyMs, request.signal)
    const fault = this.fault(call, this.count(call))
    if (fault === 'hang') await this.#wait(Number.POSITIVE_INFINITY, request.signal)
    if (fault instanceof Error) throw fault
    if (fault !== undefined && fault !== 'lost' && fault !== 'hang') return fault
    const response = this.#handle(call, rest, body)
    if (fault === 'lost') throw new TypeError('fetch failed')
    return response
  }

  #handle(call: ControlCall, path: readonly string[], body: Body): FetchResponse {
    const storage = this.#storage
    const uploadId = path[0] ?? ''
    switch (call) {
      case 'start': {
        const key = `in/${body.fileName}`
        return json(200, { key, uploadId: storage.create(key), partSize: this.partSize })
      }
      case 'urls': {
        const { key, uploadId, parts } = body
        const urls = parts.map((part) => [part, storage.presign(key, uploadId, Number(part))])
        return json(200, { urls: Object.fromEntries(urls) })
      }
      case 'complete': {
        const parts = body.parts as unknown as { PartNumber: number; ETag: string }[]
        return storage.complete(uploadId, parts)
          ? json(200)
          : json(404, { error: { code: 'NoSuchUpload' } })
      }
      case 'list': {
        const multipart = storage.multiparts.get(uploadId)
        if (multipart === undefined) return json(404, { error: { code: 'NoSuchUpload' } })
        const parts = [...multipart.parts].map(([PartNumber, { etag, bytes }]) => ({
          PartNumber,
          ETag: `"${etag}"`,
          Size: bytes.length,
        }))
        return json(200, { parts })
      }
      case 'abort':
        storage.multiparts.delete(uploadId)
        return json(204)
    }
  }

  #wait(ms: number, signal: FetchRequest['signal']): Promise<void> {
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

interface Body {
  readonly fileName: string
  readonly key: string
  readonly uploadId: string
  readonly parts: readonly number[]
}

function describeCall(call: ControlCall, body: Partial<Body>): string {
  switch (call) {
    case 'start':
      return `start ${body.fileName}`
    case 'urls':
      return `urls ${body.key} ${body.parts?.join(',')}`
    case 'complete': {
      const parts = body.parts as unknown as { PartNumber: number }[]
      return `complete ${parts.map(({ PartNumber }) => PartNumber).join(',')}`
    }
    default:
      return call
  }
}
