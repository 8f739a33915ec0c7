import { partCount } from '../../src/machine/plan.ts'
import type { Put, Violated } from './world-parts.ts'

interface StoredUpload {
  readonly key: string
  readonly partSize: number
  readonly size: number
  readonly parts: Set<number>
  status: 'open' | 'completed' | 'gone'
}

interface SignedUrl {
  readonly uploadId: string
  readonly part: number
  readonly expiresAt: number
}

/** The storage, as far as the machines can tell it from S3. */
export class WorldStorage {
  readonly #uploads = new Map<string, StoredUpload>()
  readonly #urls = new Map<string, SignedUrl>()
  readonly #violated: Violated

  constructor(violated: Violated) {
    this.#violated = violated
  }

  get(uploadId: string): StoredUpload | undefined {
    return this.#uploads.get(uploadId)
  }

  begin(size: number, partSize: number): { readonly key: string; readonly uploadId: string } {
    const uploadId = `mpu${this.#uploads.size}`
    const key = `key/${uploadId}`
    this.#uploads.set(uploadId, { key, partSize, size, parts: new Set(), status: 'open' })
    return { key, uploadId }
  }

  sign(uploadId: string, part: number, expiresAt: number): string {
    const url = `https://s3/${uploadId}/${part}?${this.#urls.size}`
    this.#urls.set(url, { uploadId, part, expiresAt })
    return url
  }

  signed(url: string): SignedUrl | undefined {
    return this.#urls.get(url)
  }

  store({ part }: Put, uploadId: string): void {
    const stored = this.#uploads.get(uploadId)
    if (stored?.status === 'open') stored.parts.add(part)
  }

  complete(uploadId: string): void {
    const stored = this.#uploads.get(uploadId)
    if (stored?.status !== 'open') return
    const parts = partCount(stored.size, stored.partSize)
    for (let part = 1; part <= parts; part += 1) {
      if (!stored.parts.has(part)) this.#violated(`completed without part ${part} in the storage`)
    }
    stored.status = 'completed'
  }

  /** It is lost, whatever it was lost to; what is completed stays. */
  forget(uploadId: string): void {
    const stored = this.#uploads.get(uploadId)
    if (stored?.status === 'open') stored.status = 'gone'
  }
}
