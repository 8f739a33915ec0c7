import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type DiskStorageOptions, diskStorage } from '../src/disk/index.ts'
import { createUploadHandler, type Principal, type UploadHandlerOptions } from '../src/index.ts'

export const HASH = '0123456789abcdef'
export const BASE = 'http://backend.test'

/** A directory of its own for the test that asks, removed when it ends. */
export async function temporaryDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 's3-bg-uploader-backend-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** A handler on a disk storage with parts of 4 bytes; the principal is what the `user` header says. */
export async function backend(
  options: Partial<UploadHandlerOptions<Principal>> = {},
  disk: Partial<DiskStorageOptions> = {},
) {
  const dir = disk.dir ?? (await temporaryDirectory())
  const clock = { now: Date.UTC(2026, 0, 2, 3, 4, 5) }
  const errors: unknown[] = []
  const storage = diskStorage({ clock: () => clock.now, ...disk, dir })
  const handler = createUploadHandler({
    storage,
    authorize: (request) => ({ id: request.headers.get('user') ?? 'ann' }),
    partSizeFor: () => 4,
    onError: (error) => errors.push(error),
    ...options,
  })

  async function post(path: string, body?: unknown, user = 'ann') {
    const response = await handler(
      new Request(BASE + path, {
        method: 'POST',
        headers: { user },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text), response }
  }

  async function put(
    url: string,
    body: string | ReadableStream,
    headers: Record<string, string> = {},
  ) {
    const request = new Request(url, {
      method: 'PUT',
      body,
      headers,
      duplex: 'half',
    } as RequestInit)
    const response = await handler(request)
    const etag = response.headers.get('etag')
    return { status: response.status, etag, text: await response.text() }
  }

  async function start(content: string, more: object = {}) {
    const request = { fileName: 'a.txt', fileHash: HASH, fileSize: content.length, ...more }
    const { body } = await post('/start/', request)
    return body as { key: string; uploadId: string; partSize: number }
  }

  async function urls(upload: { key: string; uploadId: string }, parts: number[]) {
    const { key, uploadId } = upload
    const { body } = await post('/urls/', { key, uploadId, parts })
    return body.urls as Record<string, string>
  }

  /** Starts an upload and sends all of its parts. */
  async function sent(content: string, more: object = {}) {
    const upload = await start(content, more)
    const count = Math.max(1, Math.ceil(content.length / upload.partSize))
    const numbers = Array.from({ length: count }, (_, index) => index + 1)
    const signed = await urls(upload, numbers)
    const parts = []
    for (const PartNumber of numbers) {
      const from = (PartNumber - 1) * upload.partSize
      const bytes = content.slice(from, from + upload.partSize)
      const { etag } = await put(signed[PartNumber] ?? '', bytes)
      parts.push({ PartNumber, ETag: etag ?? '' })
    }
    return { ...upload, parts, address: addressOf(upload), urls: signed }
  }

  return { dir, clock, errors, storage, handler, post, put, start, urls, sent }
}

/** As a client writes it into the path, contract §2. */
export function addressOf({ key, uploadId }: { key: string; uploadId: string }): string {
  const encoded = key.split('/').map(encodeURIComponent).join('/')
  return `${encodeURIComponent(uploadId)}/${encoded}`
}
