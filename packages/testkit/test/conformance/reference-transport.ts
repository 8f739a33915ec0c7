import {
  type ForegroundSource,
  type ForegroundTransport,
  type Json,
  UploadError,
} from '@s3-bg-uploader/core'
import xxhash from 'xxhash-wasm'
import type { Faults } from './faults.ts'
import { HttpPut } from './http-put.ts'
import type { MemoryDisk, Version } from './memory-disk.ts'

/** A transport with every foreground capability, over files in memory and node:http. */
export function referenceTransport(
  disk: MemoryDisk,
  faults: Faults = {},
): ForegroundTransport<string> {
  const http = new HttpPut(faults)
  return {
    capabilities: { progress: true, reopen: true, nativeHash: true, background: false },
    open: async (path) => new ReferenceSource(disk, path, http, faults),
    reopen: async (ref) => {
      if (typeof ref === 'string' && ref.startsWith('/')) {
        return new ReferenceSource(disk, ref, http, faults)
      }
      if (faults.ignores?.includes('bad refs')) throw new TypeError('ref is no string')
      throw new UploadError('file_not_found', 'The reference names no file')
    },
    close: async () => http.close(),
  }
}

class ReferenceSource implements ForegroundSource {
  readonly name: string
  readonly size: number
  readonly lastModified: number
  readonly ref: Json
  readonly #disk: MemoryDisk
  readonly #path: string
  readonly #opened: Version
  readonly #http: HttpPut
  readonly #faults: Faults
  readonly #shared = new Uint8Array(4 * 1024 * 1024)
  #holds = false

  constructor(disk: MemoryDisk, path: string, http: HttpPut, faults: Faults) {
    this.#disk = disk
    this.#path = path
    this.#http = http
    this.#faults = faults
    this.#opened = disk.look(path)
    this.name = path.split('/').at(-1) ?? ''
    this.size = this.#opened.bytes.length
    this.lastModified = this.#opened.modified
    this.ref = path
  }

  read: ForegroundSource['read'] = async (range, into) => {
    this.#hold()
    const { start, end } = this.#faults.readRange?.(range) ?? range
    const bytes = this.#current().subarray(start, end)
    if (bytes.length < end - start && !this.#faults.ignores?.includes('end of file')) {
      throw new UploadError('source_changed', `${this.#path} ends before byte ${end}`)
    }
    const target = this.#faults.does?.includes('share one buffer') ? this.#shared : into
    target.set(bytes)
    return target.subarray(0, bytes.length)
  }

  hash: NonNullable<ForegroundSource['hash']> = async ({ signal, onProgress }) => {
    signal.throwIfAborted()
    const { create64 } = await xxhash()
    const digest = create64().update(this.#current()).digest().toString(16).padStart(16, '0')
    onProgress(this.size)
    return this.#faults.hash?.(digest) ?? digest
  }

  put: ForegroundSource['put'] = async (request) => {
    this.#hold()
    this.#current()
    const range = this.#faults.range?.(request.range) ?? request.range
    const lenient = this.#faults.ignores?.includes('changes while sending')
    const bytesAt = (start: number, end: number): Uint8Array =>
      (lenient ? this.#opened.bytes : this.#current()).subarray(start, end)
    return this.#http.put({ ...request, range }, bytesAt)
  }

  close: ForegroundSource['close'] = async () => {
    if (!this.#holds || this.#faults.ignores?.includes('close')) return
    this.#holds = false
    this.#disk.hold(this.#path, -1)
  }

  #hold(): void {
    if (!this.#holds) this.#disk.hold(this.#path, 1)
    this.#holds = true
  }

  /** The content, if it is still the one that was opened. */
  #current(): Uint8Array {
    const version = this.#disk.look(this.#path)
    if (version !== this.#opened && !this.#faults.ignores?.includes('changes')) {
      throw new UploadError('source_changed', `${this.#path} has changed`)
    }
    return version.bytes
  }
}
