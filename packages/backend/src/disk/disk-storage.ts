import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BackendError } from '../backend-error.ts'
import { checkParts } from '../check-parts.ts'
import { fingerprint } from '../fingerprint.ts'
import { noSuchUpload } from '../no-such-upload.ts'
import { assertPlannedPart, plannedSize } from '../part-plan.ts'
import type { PartTag, UploadStorage } from '../storage.ts'
import { assemble } from './assemble.ts'
import { exclusive } from './exclusive.ts'
import { isMissing } from './is-missing.ts'
import { multipartEtag } from './multipart-etag.ts'
import { objectPath } from './object-path.ts'
import { signPartPath, verifyPartPath } from './part-url.ts'
import { receivePart } from './receive-part.ts'
import { loadSecret } from './secret.ts'
import { partFileName, readStoredParts } from './stored-part.ts'
import { syncDirectory } from './sync-directory.ts'
import { uploadFolder } from './upload-folder.ts'

/** What S3 demands of every part but the last, bytes. */
const S3_MIN_PART_SIZE = 5 * 1024 * 1024

const DEFAULT_URL_TTL_SECONDS = 3600

/** What `diskStorage` takes. */
export interface DiskStorageOptions {
  /** Holds the objects and all state. Made if missing; belongs to one process at a time. */
  readonly dir: string
  /** Signs the part URLs. Default: random, kept in `dir`. */
  readonly secret?: string
  /** How long a part URL is good for: 1 to 604,800 seconds, as in S3. Default: 3600. */
  readonly urlTtlSeconds?: number
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number
  /**
   * Bytes that every part but the last must have to be completed. Default: 5 MiB as in S3, or the part
   * size that was planned where that is less.
   */
  readonly minPartSize?: number
}

/** An UploadStorage in a directory, for development, tests and servers of one's own. */
export interface DiskStorage extends UploadStorage {
  readonly putPart: NonNullable<UploadStorage['putPart']>
  /**
   * The file of an object: there once its upload is completed.
   *
   * @throws BackendError `InvalidRequest` for a key that no object can have.
   */
  objectPath(key: string): string
}

/**
 * Keeps objects and unfinished uploads below one directory:
 *
 * ```
 * objects/{key}                completed objects
 * uploads/{id}/manifest.json   unfinished uploads
 *              parts/00001     see stored-part.ts
 *              incoming/       parts and objects in the making
 * completed/{id}.json          manifests of what was completed, so that a repeated call is recognised
 * starts/{fingerprint}         id of the upload that the latest such start request was answered with
 * trash/                       on its way out
 * secret
 * ```
 *
 * Whatever was answered is on disk, so a restart forgets nothing.
 */
export function diskStorage(options: DiskStorageOptions): DiskStorage {
  const { clock = Date.now, urlTtlSeconds = DEFAULT_URL_TTL_SECONDS } = options
  if (!Number.isInteger(urlTtlSeconds) || urlTtlSeconds < 1 || urlTtlSeconds > 604_800) {
    throw new RangeError('urlTtlSeconds must be an integer from 1 to 604800.')
  }
  if (options.secret === '') throw new RangeError('secret must not be empty.')
  const root = resolve(options.dir)
  const objects = join(root, 'objects')
  const folder = uploadFolder(root)
  const perUpload = exclusive()
  let opening: Promise<{ readonly secret: string }> | undefined

  /** On first use, and again if that failed. */
  function opened(): Promise<{ readonly secret: string }> {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  async function open(): Promise<{ readonly secret: string }> {
    await folder.open()
    return { secret: options.secret ?? (await loadSecret(join(root, 'secret'))) }
  }

  return {
    objectPath: (key) => objectPath(objects, key),

    async create(planned) {
      await opened()
      const { owner, key, fileSize, partSize } = planned
      objectPath(objects, key)
      const { uploadId, upload } = await folder.start({
        version: 1,
        owner,
        key,
        fileSize,
        partSize,
        fingerprint: await fingerprint(planned),
      })
      return { key: upload.key, uploadId, partSize: upload.partSize }
    },

    async signParts(address, partNumbers, { partsUrl }) {
      const { secret } = await opened()
      const upload = await folder.findUnfinished(address)
      const now = clock()
      return new Map(
        partNumbers.map((partNumber) => {
          assertPlannedPart(upload, partNumber)
          const part = { uploadId: address.uploadId, partNumber }
          return [partNumber, `${partsUrl}/${signPartPath(secret, part, now, urlTtlSeconds)}`]
        }),
      )
    },

    async putPart({ path, search, contentLength, body }) {
      const { secret } = await opened()
      const { uploadId, partNumber } = verifyPartPath(secret, path, search, clock())
      const upload = await folder.findById(uploadId)
      if (upload === undefined || upload.completed !== undefined) throw noSuchUpload()
      const maximum = plannedSize(upload, partNumber)
      if (maximum === undefined) {
        throw new BackendError('InvalidRequest', `There is no part ${partNumber}.`)
      }
      try {
        const etag = await receivePart(
          body,
          { announced: contentLength, maximum },
          join(folder.partsDirectory(uploadId), partFileName(partNumber)),
          folder.incomingDirectory(uploadId),
        )
        return { etag }
      } catch (error) {
        // Completed or aborted while the bytes came in.
        if (isMissing(error)) throw noSuchUpload()
        throw error
      }
    },

    async listParts(address) {
      await opened()
      await folder.findUnfinished(address)
      try {
        return await readStoredParts(folder.partsDirectory(address.uploadId))
      } catch (error) {
        // Completed or aborted meanwhile.
        if (isMissing(error)) throw noSuchUpload()
        throw error
      }
    },

    async complete(address, parts) {
      const { uploadId } = address
      await opened()
      await perUpload(uploadId, async () => {
        const upload = await folder.find(address)
        assertMd5s(parts)
        const etag = multipartEtag(parts)
        if (upload.completed !== undefined) {
          if (upload.completed !== etag) {
            throw new BackendError('InvalidPart', 'The upload was completed with other parts.')
          }
          // Usually gone already; a crash may have kept the first call from it.
          await folder.discard(uploadId, upload)
          return
        }
        const stored = await readStoredParts(folder.partsDirectory(uploadId))
        const minPartSize = options.minPartSize ?? Math.min(S3_MIN_PART_SIZE, upload.partSize)
        checkParts(parts, stored, upload, minPartSize)
        const temporary = join(folder.incomingDirectory(uploadId), randomBytes(12).toString('hex'))
        const target = objectPath(objects, upload.key)
        try {
          await assemble(parts, folder.partsDirectory(uploadId), temporary)
          await mkdir(dirname(target), { recursive: true })
          await rename(temporary, target)
        } catch (error) {
          await rm(temporary, { force: true })
          if (!isFolderConflict(error)) throw error
          throw new BackendError(
            'InvalidRequest',
            'Where this object should be there is a folder, or a folder should be where an object is.',
          )
        }
        // The folders on the way may be new, made here or by another call just now.
        for (let folder = dirname(target); folder !== root; folder = dirname(folder)) {
          await syncDirectory(folder)
        }
        // A crash up to here leaves the parts, and the repeated call makes the same object again.
        await folder.markCompleted(uploadId, upload, etag)
        await folder.discard(uploadId, upload)
      })
    },

    async abort(address) {
      await opened()
      await perUpload(address.uploadId, async () => {
        const upload = await folder.findUnfinished(address)
        await folder.discard(address.uploadId, upload)
      })
    },
  }
}

/** Every part here has an MD5 as its ETag. @throws BackendError `InvalidPart`. */
function assertMd5s(parts: readonly PartTag[]): void {
  const odd = parts.find(({ etag }) => !/^[0-9a-f]{32}$/.test(etag))
  if (odd === undefined) return
  throw new BackendError('InvalidPart', `No part has the ETag given for part ${odd.partNumber}.`)
}

/** S3 can have objects named `a` and `a/b` side by side; directories cannot. */
function isFolderConflict(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'].includes(String(error.code))
  )
}
