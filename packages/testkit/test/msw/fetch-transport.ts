import type { ForegroundTransport } from '@s3-bg-uploader/core'

/** A file of a test. */
export interface TextFile {
  readonly name: string
  readonly content: string
}

/** The least that a transport needs, over the platform's `fetch`. */
export function fetchTransport(): ForegroundTransport<TextFile> {
  return {
    capabilities: { progress: false, reopen: false, nativeHash: false, background: false },
    async open({ name, content }) {
      const bytes = new TextEncoder().encode(content)
      return {
        name,
        size: bytes.length,
        lastModified: undefined,
        ref: undefined,
        read: async ({ start, end }) => bytes.subarray(start, end),
        async put({ url, range, signal }) {
          const controller = new AbortController()
          signal.addEventListener('abort', () => controller.abort())
          const response = await fetch(url, {
            method: 'PUT',
            body: bytes.slice(range.start, range.end),
            signal: controller.signal,
          })
          return {
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: await response.text(),
          }
        },
        close: async () => {},
      }
    },
  }
}
