import type { ClientRequest } from 'node:http'
import type { Range } from '@s3-bg-uploader/core'
import { BUFFER_BYTES, type BufferPool } from './buffers.ts'
import type { FileHandle } from './file-handle.ts'

/**
 * Bytes that are written, and then reported as progress, at a time: few enough that a slow line
 * shows that it is alive. A fast one gets more at a time, since each write costs the same.
 */
const LEAST_WRITE_BYTES = 128 * 1024
const MOST_WRITE_BYTES = 512 * 1024

/** A line that takes a piece in this time is fast. */
const QUICK_MS = 250

const NOTHING = new Uint8Array(0)

/** The body of one PUT on its way from the file to the socket. */
export class PartBody {
  /** Whether every byte was handed to the socket. */
  sent = false
  readonly #request: ClientRequest
  readonly #file: FileHandle
  readonly #range: Range
  readonly #onProgress: (sentBytes: number) => void
  #gone = false
  #writeBytes = LEAST_WRITE_BYTES
  #written: (success: boolean) => void = () => {}

  constructor(
    request: ClientRequest,
    file: FileHandle,
    range: Range,
    onProgress: (sentBytes: number) => void,
  ) {
    this.#request = request
    this.#file = file
    this.#range = range
    this.#onProgress = onProgress
    request.once('close', () => this.stop())
  }

  /** Sends no more: the request is gone, or what it asks for is answered already. */
  stop(): void {
    this.#gone = true
    this.#written(false)
  }

  /**
   * Resolves when everything is sent or nothing more will be.
   *
   * @throws UploadError when the file could not be read or is no longer the same. The last bytes
   * are not sent before that is known, so no server ever has a whole part of the wrong bytes.
   */
  async send(buffers: BufferPool): Promise<void> {
    const { start, end } = this.#range
    const pair: Uint8Array[] = []
    if (end > start) pair.push(buffers.take())
    const spare = end - start > BUFFER_BYTES ? buffers.takeSpare() : undefined
    if (spare) pair.push(spare)
    try {
      await this.#sendThrough(pair)
    } finally {
      for (const buffer of pair) {
        // Otherwise a cancelled read or write may still touch it.
        if (this.sent) buffers.recycle(buffer)
        else buffers.drop()
      }
    }
  }

  /** Reads into one buffer while the other is written, if there is another. */
  async #sendThrough(pair: readonly Uint8Array[]): Promise<void> {
    const { start, end } = this.#range
    let reading = this.#read(pair[0], start)
    for (let at = start, turn = 1; at < end; turn++) {
      const chunk = await reading
      const next = at + chunk.length
      if (pair.length > 1) reading = this.#read(pair[turn % 2], next)
      if (!(await this.#writeAll(chunk, at - start))) return
      if (pair.length === 1) reading = this.#read(pair[0], next)
      at = next
    }
    if (this.#gone) return
    this.#request.end()
    this.sent = true
  }

  /** Starts to read. Its failure is thrown where it is awaited, which may be a while later. */
  #read(buffer: Uint8Array | undefined, at: number): Promise<Uint8Array> {
    const reading = this.#readNow(buffer, at)
    reading.catch(() => {})
    return reading
  }

  async #readNow(buffer: Uint8Array = NOTHING, at: number): Promise<Uint8Array> {
    const { end } = this.#range
    if (at === end) return NOTHING
    const bytes = buffer.subarray(0, Math.min(BUFFER_BYTES, end - at))
    await this.#file.fill(bytes, at)
    if (at + bytes.length === end) await this.#file.verify()
    return bytes
  }

  /** Writes piece by piece, each once the one before is gone. False when no more can be sent. */
  async #writeAll(chunk: Uint8Array, sentBefore: number): Promise<boolean> {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + this.#writeBytes)
      const startedAt = performance.now()
      if (!(await this.#write(piece))) return false
      const isQuick = performance.now() - startedAt < QUICK_MS
      this.#writeBytes = isQuick
        ? Math.min(2 * this.#writeBytes, MOST_WRITE_BYTES)
        : LEAST_WRITE_BYTES
      at += piece.length
      this.#onProgress(sentBefore + at)
    }
    return true
  }

  #write(piece: Uint8Array): Promise<boolean> {
    if (this.#gone) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#written = resolve
      this.#request.write(piece, (error) => resolve(!error))
    })
  }
}
