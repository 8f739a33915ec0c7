import { hashOf } from './content-hash.ts'
import { type HttpAnswer, s3Error } from './http-answer.ts'
import { badDay, errorAfterEffect, withDate } from './server-faults.ts'
import type { World } from './world.ts'

export interface StoredPart {
  readonly etag: string
  readonly bytes: Uint8Array
}

export interface StoredUpload {
  readonly key: string
  readonly uploadId: string
  readonly file: string
  /** What startUpload was told. */
  readonly fileHash: string
  readonly fileSize: number
  readonly parts: Map<number, StoredPart>
}

/** A presigned URL, and what its client can know of its life. */
export interface IssuedUrl {
  readonly upload: StoredUpload
  readonly part: number
  /** Milliseconds since the epoch, by the storage's clock. */
  readonly expiresAt: number
  /** Virtual time of the delivery, and how long the URL had to live then as far as one can tell. */
  delivered: { readonly at: number; readonly lifeMs: number } | undefined
}

/** S3 as far as multipart uploads go. */
export class SimStorage {
  readonly #world: World
  readonly urls: Map<string, IssuedUrl> = new Map()
  readonly uploads: Map<string, StoredUpload> = new Map()
  readonly objects: Map<string, Uint8Array> = new Map()
  /** Told of every object that comes to be. */
  onObject: (upload: StoredUpload, bytes: Uint8Array) => void = () => {}
  #issued = 0

  constructor(world: World) {
    this.#world = world
  }

  create(file: { fileName: string; fileHash: string; fileSize: number }): StoredUpload {
    this.#issued += 1
    const upload: StoredUpload = {
      // A key that needs to be encoded, and an id of the kind that S3 gives.
      key: `in box/${file.fileName}(${this.#issued})é.bin`,
      uploadId: `U${this.#issued}.~_-`,
      file: file.fileName,
      fileHash: file.fileHash,
      fileSize: file.fileSize,
      parts: new Map(),
    }
    this.uploads.set(upload.uploadId, upload)
    return upload
  }

  presign(upload: StoredUpload, part: number): string {
    this.#issued += 1
    const wall = this.#world.clock.wall()
    const signedAt = Math.floor(wall / 1000) * 1000
    const { urlLife } = this.#world.plan
    const date = new Date(signedAt).toISOString().replace(/[-:]|\.000/g, '')
    const url = `https://s3.test/bucket/${encodeURI(upload.key)}?partNumber=${part}&uploadId=${upload.uploadId}&X-Amz-Date=${date}&X-Amz-Expires=${urlLife}&X-Amz-Signature=S3CRET${this.#issued}`
    const expiresAt = signedAt + urlLife * 1000
    this.urls.set(url, { upload, part, expiresAt, delivered: undefined })
    return url
  }

  /** @param startedAt when the request began, by the true clock: the signature is checked first */
  put(url: string, bytes: Uint8Array, startedAt: number): HttpAnswer {
    return withDate(this.#world, this.#put(url, bytes, startedAt))
  }

  /** More at once than it likes. */
  refuse(): HttpAnswer {
    this.#world.reach('narrow-storage')
    return withDate(this.#world, s3Error(503, 'SlowDown'))
  }

  #put(url: string, bytes: Uint8Array, startedAt: number): HttpAnswer {
    const world = this.#world
    const issued = this.urls.get(url)
    if (issued === undefined) return s3Error(403, 'SignatureDoesNotMatch')
    if (startedAt + world.plan.latencyMs > issued.expiresAt) {
      world.reach('PUT on an expired URL')
      return s3Error(403, 'AccessDenied')
    }
    const { upload, part } = issued
    const bad = badDay(world, 'storage')
    if (bad !== undefined) return bad
    if (world.strikes('forbidden')) return s3Error(403, 'AccessDenied')
    if (world.strikes('forgotten-upload')) this.forget(upload)
    if (!this.uploads.has(upload.uploadId)) return s3Error(404, 'NoSuchUpload')
    if (world.has('opaque-etags')) this.#issued += 1
    const etag = `"${hashOf(bytes)}${world.has('opaque-etags') ? this.#issued : ''}"`
    upload.parts.set(part, { etag, bytes })
    world.note('storage', () => `has part ${part} of ${upload.uploadId}`)
    const headers: Record<string, string> = world.random.chance('storage.lower', 0.5)
      ? { etag }
      : { ETag: etag }
    const answer = { status: 200, headers: world.strikes('missing-etag') ? {} : headers, body: '' }
    return errorAfterEffect(world) ?? answer
  }

  forget(upload: StoredUpload): void {
    if (!this.uploads.delete(upload.uploadId)) return
    this.#world.note('storage', () => `forgets ${upload.uploadId}`)
  }

  /** CompleteMultipartUpload. */
  complete(upload: StoredUpload, parts: readonly { PartNumber: number; ETag: string }[]): string {
    if (!this.uploads.has(upload.uploadId)) return 'NoSuchUpload'
    const pieces: Uint8Array[] = []
    let last = 0
    for (const { PartNumber, ETag } of parts) {
      if (PartNumber <= last) return 'InvalidPartOrder'
      last = PartNumber
      const stored = upload.parts.get(PartNumber)
      if (stored === undefined || unquoted(stored.etag) !== unquoted(ETag)) return 'InvalidPart'
      pieces.push(stored.bytes)
    }
    if (pieces.length === 0) return 'MalformedXML'
    const bytes = concatenate(pieces)
    this.uploads.delete(upload.uploadId)
    this.objects.set(upload.key, bytes)
    this.#world.note('storage', () => `has object ${upload.key} (${bytes.length} bytes)`)
    this.onObject(upload, bytes)
    return 'OK'
  }
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const piece of pieces) {
    bytes.set(piece, end)
    end += piece.length
  }
  return bytes
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '')
}
