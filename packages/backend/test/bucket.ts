import { createHash } from 'node:crypto'
import {
  BackendError,
  type PartTag,
  type StoredPart,
  type UploadAddress,
  type UploadStorage,
} from '../src/index.ts'

/**
 * As S3 is: it knows uploads by id and key and nobody by name, and makes an object of whatever parts it is
 * told to. It writes down what it is asked.
 */
export class Bucket implements UploadStorage {
  readonly calls: { readonly call: string; readonly upload: UploadAddress }[] = []
  /** Sizes of the parts of each object. */
  readonly objects = new Map<string, readonly number[]>()
  readonly #uploads = new Map<string, { readonly key: string; parts: Map<number, StoredPart> }>()
  readonly #completed = new Map<string, string>()

  async create({ owner, key, partSize }: Parameters<UploadStorage['create']>[0]) {
    // None of these characters comes through a path as it is.
    const uploadId = `2~${this.#uploads.size}/ü %?#`
    this.calls.push({ call: 'create', upload: { owner, key, uploadId } })
    this.#uploads.set(uploadId, { key, parts: new Map() })
    return { key, uploadId, partSize }
  }

  async signParts(upload: UploadAddress, partNumbers: readonly number[]) {
    this.#find('signParts', upload)
    return new Map(partNumbers.map((part) => [part, `https://bucket.test/${part}?X-Signed=1`]))
  }

  async listParts(upload: UploadAddress) {
    const { parts } = this.#find('listParts', upload)
    return [...parts.values()].sort((a, b) => a.partNumber - b.partNumber)
  }

  async complete(upload: UploadAddress, parts: readonly PartTag[]) {
    const given = JSON.stringify(parts)
    if (this.#completed.get(upload.uploadId) === given) {
      this.calls.push({ call: 'complete', upload })
      return
    }
    const found = this.#find('complete', upload)
    const stored = parts.map(({ partNumber, etag }) => {
      const part = found.parts.get(partNumber)
      if (part?.etag !== etag) throw new BackendError('InvalidPart', `Not part ${partNumber}.`)
      return part.size
    })
    this.objects.set(upload.key, stored)
    this.#uploads.delete(upload.uploadId)
    this.#completed.set(upload.uploadId, given)
  }

  async abort(upload: UploadAddress) {
    this.#find('abort', upload)
    this.#uploads.delete(upload.uploadId)
  }

  /** What a PUT to a presigned URL does. The id is that of the bucket. */
  put(uploadId: string, partNumber: number, content: string): PartTag {
    const etag = createHash('md5').update(content).digest('hex')
    const part = { partNumber, etag, size: content.length }
    this.#uploads.get(uploadId)?.parts.set(partNumber, part)
    return { partNumber, etag }
  }

  #find(call: string, upload: UploadAddress) {
    this.calls.push({ call, upload })
    const found = this.#uploads.get(upload.uploadId)
    if (found === undefined || found.key !== upload.key) {
      throw new BackendError('NoSuchUpload', 'The bucket has no such upload.')
    }
    return found
  }
}
