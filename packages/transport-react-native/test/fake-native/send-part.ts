import http from 'node:http'
import type { NativeHeader } from '../../src/index.ts'

const PIECE_BYTES = 64 * 1024
const KEPT_BYTES = 4096

export interface PartAnswer {
  readonly status: number
  readonly headers: readonly NativeHeader[]
  /** Only where the status is no 2xx. */
  readonly body?: string
}

/** One PUT of a native queue: as plainly as the contract allows, and no redirect followed. */
export function sendPart(part: {
  readonly url: string
  readonly length: number
  /** Throws once the file has changed. */
  readonly bytesAt: (start: number, end: number) => Uint8Array
  readonly signal: AbortSignal
  readonly onProgress: (sentBytes: number) => void
}): Promise<PartAnswer> {
  const { url, length, bytesAt, signal, onProgress } = part
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': String(length) }
    const request = http.request(url, { method: 'PUT', headers, signal })
    let over = false
    const fail = (error: unknown): void => {
      over = true
      reject(error)
      request.destroy()
    }
    request.on('error', fail)
    request.on('response', (message) => {
      const kept: Buffer[] = []
      let total = 0
      const done = (): void => {
        const status = message.statusCode ?? 0
        const pairs = Object.entries(message.headersDistinct)
        const headers = pairs.flatMap(([name, values = []]) =>
          values.map((value) => ({ name, value })),
        )
        const body = Buffer.concat(kept).subarray(0, KEPT_BYTES).toString()
        resolve(status >= 200 && status < 300 ? { status, headers } : { status, headers, body })
      }
      message.on('data', (chunk: Buffer) => {
        total += chunk.length
        kept.push(chunk)
        if (total <= KEPT_BYTES) return
        done()
        request.destroy()
      })
      // Half an answer has a status too.
      message.on('error', done)
      message.on('end', done)
    })
    const send = (at: number): void => {
      if (over) return
      if (at >= length) {
        request.end()
        return
      }
      const next = Math.min(length, at + PIECE_BYTES)
      try {
        request.write(bytesAt(at, next), (error) => {
          if (error || over) return
          onProgress(next)
          send(next)
        })
      } catch (error) {
        fail(error)
      }
    }
    send(0)
  })
}
