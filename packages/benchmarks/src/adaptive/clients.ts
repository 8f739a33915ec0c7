import { createUploader, type Fetch, type ForegroundTransport } from '@s3-bg-uploader/core'
import { FILE_BYTES, PART_SIZE } from './situations.ts'
import type { Stage } from './stage.ts'

/** Sends a file, and says that it is done. */
export type Client = (stage: Stage) => Promise<unknown>

const PARTS = Math.ceil(FILE_BYTES / PART_SIZE)
/** The rules of the core: exponential with full jitter. */
const BACKOFF = { baseMs: 500, capMs: 60_000 }

/** Always so many at once. It has every URL after one call, and it never gives up. */
export function fixedClient(slots: number): Client {
  return async (stage) => {
    await stage.call()
    await stage.call()
    let next = 0
    const worker = async (): Promise<void> => {
      while (next < PARTS) {
        const part = next
        next += 1
        const bytes = Math.min(PART_SIZE, FILE_BYTES - part * PART_SIZE)
        for (let failed = 0; (await stage.put(bytes)).status !== 200; ) {
          failed += 1
          const ceiling = Math.min(BACKOFF.capMs, BACKOFF.baseMs * 2 ** (failed - 1))
          await stage.sleep(stage.random.draw('retry') * ceiling)
        }
      }
    }
    await Promise.all(Array.from({ length: slots }, worker))
    await stage.call()
  }
}

/** This project. */
export function adaptiveClient(most: number): Client {
  return async (stage) => {
    const uploader = await createUploader({
      transport: transportOn(stage),
      concurrency: most,
      platform: { clock: stage.clock, random: stage.random, fetch: backendOn(stage) },
      config: {
        startUploadApi: 'https://api.test/start',
        getUploadUrlsApi: 'https://api.test/urls',
        completeApi: 'https://api.test/complete',
      },
    })
    const upload = await uploader.uploadFile('file')
    await upload.done
    await uploader.close()
  }
}

function transportOn(stage: Stage): ForegroundTransport<string> {
  return {
    capabilities: { progress: true, reopen: false, nativeHash: true, background: false },
    open: async (name) => ({
      name,
      size: FILE_BYTES,
      lastModified: undefined,
      ref: undefined,
      read: async () => new Uint8Array(),
      hash: async () => '0'.repeat(16),
      put: ({ range: { start, end }, signal, onProgress }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          const bytes = end - start
          const answer = stage.put(bytes, () => onProgress(bytes))
          answer.then(({ status }) => resolve({ status, headers: { etag: `"${start}"` } }), reject)
        }),
      close: async () => {},
    }),
  }
}

function backendOn(stage: Stage): Fetch {
  return async (url, { body }) => {
    await stage.call()
    const answer = url.includes('/urls')
      ? { urls: urlsOf((JSON.parse(body) as { readonly parts: readonly number[] }).parts) }
      : { key: 'file', uploadId: 'upload', partSize: PART_SIZE }
    return { status: 200, headers: { get: () => null }, text: async () => JSON.stringify(answer) }
  }
}

function urlsOf(parts: readonly number[]): Readonly<Record<string, string>> {
  return Object.fromEntries(parts.map((part) => [part, `https://s3.test/${part}`]))
}
