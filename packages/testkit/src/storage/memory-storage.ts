import {
  BackendError,
  type NewUpload,
  type PartLocation,
  partCount,
  plannedSize,
  type UploadAddress,
  type UploadStorage,
} from '@s3-bg-uploader/backend'
import { checkParts, checkPlan, type KeptPart } from './check-parts.ts'
import { fingerprintOf } from './fingerprint.ts'
import { md5Hex, multipartEtag } from './md5.ts'
import { concatenate, receive } from './receive.ts'
import { signPart, verifyPart } from './signed-part.ts'

const MIB = 1024 * 1024

/** What S3 demands of every part but the last, bytes. */
const S3_MIN_PART_SIZE = 5 * MIB

/** The most that S3 takes as one part, bytes. */
const S3_MAX_PART_SIZE = 5 * 1024 * MIB

const DEFAULT_URL_TTL_SECONDS = 3600

/** What `memoryStorage` takes. */
export interface MemoryStorageOptions {
  /** Time at the storage, by which URLs expire: milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined
  /** Time at whoever signs the URLs. Default: `clock`. */
  readonly signingClock?: (() => number) | undefined
  /** How long a part URL is good for: 1 to 604,800 seconds, as in S3. Default: 3600. */
  readonly urlTtlSeconds?: number | undefined
  /** Bytes that every part but the last must have. Default: 5 MiB, as in S3. */
  readonly minPartSize?: number | undefined
  /**
   * Whether to refuse whatever would not make exactly the file that was announced: parts of other sizes,
   * missing parts. S3 does not know the file and makes a shorter object of them: `false`. Default: true,
   * as the backend's storage on disk does.
   */
  readonly checkPlan?: boolean | undefined
  /**
   * Whether a start that equals an earlier, unfinished one gets the same upload again. S3 itself makes a
   * new one each time: `false`. Default: true, as the backend's storage on disk does.
   */
  readonly resumeStarts?: boolean | undefined
  /** Signs the part URLs. Default: always the same, so that runs can be compared. */
  readonly secret?: string | undefined
}

/** How long one URL shall be good for. */
export interface UrlValidity {
  /** Default: `urlTtlSeconds` of the storage. */
  readonly ttlSeconds?: number
  /** How long ago it was signed. Default: 0. */
  readonly ageSeconds?: number
}

/** An upload that is neither completed nor aborted. */
export interface UnfinishedUpload {
  /** Where its object would be. */
  readonly key: string
  /** Names the multipart upload. */
  readonly uploadId: string
  /** Bytes. */
  readonly fileSize: number
  /** Bytes of every part but the last. */
  readonly partSize: number
  /** Those that have arrived, ascending. */
  readonly partNumbers: readonly number[]
}

/** An UploadStorage in memory, which behaves as S3 does where a client can tell. Runs in browsers too. */
export interface MemoryStorage extends UploadStorage {
  readonly putPart: NonNullable<UploadStorage['putPart']>
  signParts(
    upload: UploadAddress,
    partNumbers: readonly number[],
    where: PartLocation,
    validity?: UrlValidity,
  ): Promise<ReadonlyMap<number, string>>
  /** The bytes of a completed object. */
  object(key: string): Uint8Array | undefined
  /** Of completed objects, in the order of their completion. */
  objectKeys(): readonly string[]
  /** The ETag of a completed object, as S3 makes it for multipart uploads, without quotes. */
  objectEtag(key: string): string | undefined
  /** In the order of their start. */
  unfinished(): readonly UnfinishedUpload[]
  /** Loses an unfinished upload, as a lifecycle rule of the bucket does. Whether there was one. */
  forget(uploadId: string): boolean
  /** Forgets everything; upload ids are counted from 1 again. */
  clear(): void
}

interface MemoryUpload extends NewUpload {
  readonly uploadId: string
  readonly fingerprint: string
  readonly parts: Map<number, KeptPart>
  /** ETags of the parts that became the object, once it is completed. */
  completed: string | undefined
}

interface MemoryObject {
  readonly bytes: Uint8Array
  readonly etag: string
}

/**
 * Upload ids are `upload-1`, `upload-2` and so on. Bytes stay in memory until `clear`; one call is
 * answered as if nothing else happened meanwhile.
 */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const {
    clock = Date.now,
    signingClock = clock,
    urlTtlSeconds = DEFAULT_URL_TTL_SECONDS,
    minPartSize = S3_MIN_PART_SIZE,
    secret = 'not a secret',
    resumeStarts = true,
  } = options
  const plans = options.checkPlan ?? true
  const uploads = new Map<string, MemoryUpload>()
  const objects = new Map<string, MemoryObject>()
  let started = 0
  assertTtl(urlTtlSeconds)

  function find({ owner, key, uploadId }: UploadAddress): MemoryUpload {
    const upload = uploads.get(uploadId)
    if (upload === undefined || upload.owner !== owner || upload.key !== key) throw noSuchUpload()
    return upload
  }

  function findUnfinished(address: UploadAddress): MemoryUpload {
    const upload = find(address)
    if (upload.completed !== undefined) throw noSuchUpload()
    return upload
  }

  function maximumOf(upload: MemoryUpload, partNumber: number): number {
    const maximum = plans ? plannedSize(upload, partNumber) : S3_MAX_PART_SIZE
    if (maximum !== undefined) return maximum
    throw new BackendError(
      'InvalidRequest',
      `There is no part ${partNumber}: the parts are 1 to ${partCount(upload)}.`,
    )
  }

  return {
    async create(upload) {
      const fingerprint = fingerprintOf(upload)
      for (const earlier of resumeStarts ? uploads.values() : []) {
        if (earlier.completed !== undefined || earlier.fingerprint !== fingerprint) continue
        return { key: earlier.key, uploadId: earlier.uploadId, partSize: earlier.partSize }
      }
      started += 1
      const uploadId = `upload-${started}`
      const { key, partSize } = upload
      uploads.set(uploadId, {
        ...upload,
        uploadId,
        fingerprint,
        parts: new Map(),
        completed: undefined,
      })
      return { key, uploadId, partSize }
    },

    async signParts(address, partNumbers, { partsUrl }, validity = {}) {
      const upload = findUnfinished(address)
      const { ttlSeconds = urlTtlSeconds, ageSeconds = 0 } = validity
      assertTtl(ttlSeconds)
      const signedAt = signingClock() - ageSeconds * 1000
      return new Map(
        partNumbers.map((partNumber) => {
          maximumOf(upload, partNumber)
          const { key, uploadId } = address
          const path = signPart(secret, { key, uploadId, partNumber }, signedAt, ttlSeconds)
          return [partNumber, `${partsUrl}/${path}`]
        }),
      )
    },

    async putPart({ path, search, contentLength, body }) {
      const { key, uploadId, partNumber } = verifyPart(secret, path, search, clock())
      const upload = uploads.get(uploadId)
      if (upload === undefined || upload.key !== key) throw noSuchUpload()
      if (upload.completed !== undefined) throw noSuchUpload()
      const bytes = await receive(body, contentLength, maximumOf(upload, partNumber))
      // Completed or forgotten while the bytes came in.
      if (uploads.get(uploadId) !== upload || upload.completed !== undefined) throw noSuchUpload()
      const etag = md5Hex(bytes)
      upload.parts.set(partNumber, { bytes, etag })
      return { etag }
    },

    async listParts(address) {
      const { parts } = findUnfinished(address)
      return [...parts]
        .sort(([a], [b]) => a - b)
        .map(([partNumber, { bytes, etag }]) => ({ partNumber, etag, size: bytes.length }))
    },

    async complete(address, parts) {
      const upload = find(address)
      const given = parts.map(({ partNumber, etag }) => `${partNumber} ${etag}`).join()
      if (upload.completed !== undefined) {
        if (upload.completed === given) return
        throw new BackendError('InvalidPart', 'The upload was completed with other parts.')
      }
      const found = checkParts(parts, upload.parts, minPartSize)
      if (plans) checkPlan(parts, upload.parts, upload)
      objects.delete(upload.key)
      objects.set(upload.key, {
        bytes: concatenate(found.map(({ bytes }) => bytes)),
        etag: multipartEtag(found.map(({ etag }) => etag)),
      })
      upload.completed = given
      upload.parts.clear()
    },

    async abort(address) {
      findUnfinished(address)
      uploads.delete(address.uploadId)
    },

    object: (key) => objects.get(key)?.bytes,

    objectKeys: () => [...objects.keys()],

    objectEtag: (key) => objects.get(key)?.etag,

    unfinished: () =>
      [...uploads.values()]
        .filter(({ completed }) => completed === undefined)
        .map(({ key, uploadId, fileSize, partSize, parts }) => ({
          key,
          uploadId,
          fileSize,
          partSize,
          partNumbers: [...parts.keys()].sort((a, b) => a - b),
        })),

    forget(uploadId) {
      const upload = uploads.get(uploadId)
      if (upload === undefined || upload.completed !== undefined) return false
      return uploads.delete(uploadId)
    },

    clear() {
      uploads.clear()
      objects.clear()
      started = 0
    },
  }
}

function assertTtl(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 604_800) return
  throw new RangeError('A URL can be good for 1 to 604800 whole seconds.')
}

function noSuchUpload(): BackendError {
  return new BackendError(
    'NoSuchUpload',
    'There is no such upload: it may have been completed or aborted.',
  )
}
