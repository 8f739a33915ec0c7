/** An upload without I/O: what is left is the core. */
import { setTimeout } from 'node:timers/promises'
import type { ForegroundTransport, Platform, UploaderConfig } from '@s3-bg-uploader/core'

export const INSTANT_PART_BYTES = 1024

export const INSTANT_CONFIG: UploaderConfig = {
  startUploadApi: 'http://backend.test/start',
  getUploadUrlsApi: 'http://backend.test/urls',
  completeApi: 'http://backend.test/complete',
}

/** One file of that many bytes, of which nothing is read; each part is answered after that time. */
export function instantTransport(size: number, partMs: number): ForegroundTransport<string> {
  return {
    capabilities: { progress: false, reopen: false, nativeHash: true, background: false },
    async open(name) {
      return {
        name,
        size,
        lastModified: undefined,
        ref: undefined,
        read: async () => new Uint8Array(),
        hash: async () => '0'.repeat(16),
        put: async ({ range }) => {
          if (partMs > 0) await setTimeout(partMs)
          const etag = (range.start / INSTANT_PART_BYTES).toString(16).padStart(32, '0')
          return { status: 200, headers: { ETag: `"${etag}"` } }
        },
        close: async () => {},
      }
    },
  }
}

/** Answers control calls at once. */
export const instantBackend: Platform['fetch'] = async (url, { body }) => {
  const answers: Record<string, () => object> = {
    start: () => ({ key: 'file', uploadId: 'upload', partSize: INSTANT_PART_BYTES }),
    urls: () => {
      const numbers: number[] = JSON.parse(body).parts
      return { urls: Object.fromEntries(numbers.map((part) => [part, `http://s3.test/${part}`])) }
    },
  }
  const answer = answers[new URL(url).pathname.split('/')[1] ?? '']?.() ?? {}
  // Not a Headers of the platform: with it Node loads its whole fetch.
  return { status: 200, headers: { get: () => null }, text: async () => JSON.stringify(answer) }
}
