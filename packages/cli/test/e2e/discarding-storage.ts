import type { PartTag, UploadStorage } from '@s3-bg-uploader/backend'
import xxhash from 'xxhash-wasm'

const { create64 } = await xxhash()

/** XXH64 of one part: the ETag that the discarding storage gives it. */
export async function etagOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = create64()
  for await (const chunk of body) hash.update(chunk)
  return hash.digest().toString(16).padStart(16, '0')
}

/** Keeps nothing of the bytes but a hash of each part, for files larger than a test should store. */
export class DiscardingStorage implements UploadStorage {
  /** What the last complete call named. */
  completed: readonly PartTag[] = []
  readonly #parts = new Map<number, string>()

  async create({ key, partSize }: { key: string; partSize: number }) {
    return { key, uploadId: '1', partSize }
  }

  async signParts(_: unknown, partNumbers: readonly number[], { partsUrl }: { partsUrl: string }) {
    return new Map(partNumbers.map((number) => [number, `${partsUrl}/1/${number}?signed`] as const))
  }

  async putPart({ path, body }: { path: string; body: AsyncIterable<Uint8Array> }) {
    const etag = await etagOf(body)
    this.#parts.set(Number(path.split('/')[1]), etag)
    return { etag }
  }

  async complete(_: unknown, parts: readonly PartTag[]) {
    for (const { partNumber, etag } of parts) {
      if (this.#parts.get(partNumber) !== etag) throw new Error(`Part ${partNumber} is another`)
    }
    this.completed = parts
  }

  async listParts() {
    return []
  }

  async abort() {}
}
