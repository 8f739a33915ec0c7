import type { UploaderConfig } from '@s3-bg-uploader/core'
import { type MockBackend, type MockBackendOptions, mockBackend } from '@s3-bg-uploader/testkit/msw'
import { setupServer } from 'msw/node'
import { onTestFinished } from 'vitest'
import { type Client, type Received, viaFetch } from './clients.ts'

export const HASH = '0123456789abcdef'
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)

/** A clock that stands still until `advance`. */
function manualClock() {
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  let now = NOW
  return {
    wall: () => now,
    setTimer(callback: () => void, delayMs: number) {
      const timer = { at: now + delayMs, callback }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    get pending() {
      return timers.size
    },
    advance(ms: number) {
      now += ms
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer)
        timer.callback()
      }
    },
  }
}

/** A mock backend with parts of 4 bytes behind MSW, for the test that asks. */
export function listen(options: MockBackendOptions = {}) {
  const clock = manualClock()
  const backend = mockBackend({ partSize: 4, clock, ...options })
  const server = setupServer(...backend.handlers)
  server.listen({ onUnhandledRequest: 'error' })
  onTestFinished(() => {
    server.close()
    backend.reset()
  })
  return { backend, clock }
}

/** Speaks the contract by one client. */
export function wire(
  config: Pick<UploaderConfig, 'startUploadApi' | 'getUploadUrlsApi' | 'completeApi'> &
    Partial<UploaderConfig>,
  client: Client = viaFetch,
) {
  const json = (url: string, body: unknown) =>
    client(url, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const address = ({ key, uploadId }: Started) =>
    `${encodeURIComponent(uploadId)}/${key.split('/').map(encodeURIComponent).join('/')}`

  const calls = {
    start: (file: object = {}) =>
      json(`${config.startUploadApi}/`, {
        fileName: 'a.txt',
        fileHash: HASH,
        fileSize: 6,
        ...file,
      }),
    urls: ({ key, uploadId }: Started, parts: readonly number[]) =>
      json(`${config.getUploadUrlsApi}/`, { key, uploadId, parts }),
    put: (url: string, body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
      client(url, { method: 'PUT', body, headers }),
    complete: (upload: Started, parts: readonly object[]) =>
      json(`${config.completeApi}/${address(upload)}`, { parts }),
    list: (upload: Started) => json(`${config.listPartsApi}/${address(upload)}`, {}),
    abort: (upload: Started) => json(`${config.abortApi}/${address(upload)}`, {}),

    async started(file: object = {}): Promise<Started> {
      return bodyOf<Started>(await calls.start(file))
    },
    async signed(upload: Started, ...parts: number[]): Promise<readonly string[]> {
      const { urls } = bodyOf<{ urls: Record<string, string> }>(await calls.urls(upload, parts))
      return parts.map((part) => urls[part] ?? '')
    },
    /** Starts an upload and sends its parts. */
    async sent(content: string, file: object = {}) {
      const upload = await calls.started({ fileSize: content.length, ...file })
      const count = Math.max(1, Math.ceil(content.length / upload.partSize))
      const numbers = Array.from({ length: count }, (_, index) => index + 1)
      const urls = await calls.signed(upload, ...numbers)
      const parts = []
      for (const PartNumber of numbers) {
        const from = (PartNumber - 1) * upload.partSize
        const bytes = content.slice(from, from + upload.partSize)
        const { headers } = await calls.put(urls[PartNumber - 1] ?? '', bytes)
        parts.push({ PartNumber, ETag: headers.etag?.[0] ?? '' })
      }
      return { ...upload, urls, parts }
    },
  }
  return calls
}

export interface Started {
  readonly key: string
  readonly uploadId: string
  readonly partSize: number
}

export function bodyOf<T = Readonly<Record<string, unknown>>>({ text }: Received): T {
  return JSON.parse(text)
}

/** The error code of an answer, as XML or JSON. */
export function codeOf({ text }: Received): string | undefined {
  return /<Code>(.*)<\/Code>/.exec(text)?.[1] ?? /"code":"(\w+)"/.exec(text)?.[1]
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes)
}

export function mocked(options: MockBackendOptions = {}, client: Client = viaFetch) {
  const { backend, clock } = listen(options)
  return { backend, clock, api: wire(backend.config, client) }
}

export type { MockBackend }
