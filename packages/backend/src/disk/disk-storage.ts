import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BackendError } from '../backend-error.ts'
import { checkParts } from '../check-parts.ts'
import { fingerprint } from '../fingerprint.ts'
import { noSuchUpload } from '../no-such-upload.ts'
import { assertPlannedPart, plannedSize } from '../part-plan.ts'
import type { PartTag, UploadAddress, UploadStorage } from '../storage.ts'
import { assemble } from './assemble.ts'
import { exclusive } from './exclusive.ts'
import { isMissing } from './is-missing.ts'
import { type Manifest, parseManifest } from './manifest.ts'
import { multipartEtag } from './multipart-etag.ts'
import { objectPath } from './object-path.ts'
import { signPartPath, verifyPartPath } from './part-url.ts'
import { readIfPresent } from './read-if-present.ts'
import { receivePart } from './receive-part.ts'
import { loadSecret } from './secret.ts'
import { partFileName, readStoredParts } from './stored-part.ts'
import { syncDirectory } from './sync-directory.ts'
import { writeAtomically } from './write-atomically.ts'

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
  const trash = join(root, 'trash')
  const perFingerprint = exclusive()
  const perUpload = exclusive()
  let opening: Promise<{ readonly secret: string }> | undefined

  const uploadDirectory = (uploadId: string) => join(root, 'uploads', uploadId)
  const partsDirectory = (uploadId: string) => join(uploadDirectory(uploadId), 'parts')
  const incomingDirectory = (uploadId: string) => join(uploadDirectory(uploadId), 'incoming')
  const manifestPath = (uploadId: string) => join(uploadDirectory(uploadId), 'manifest.json')
  const completedPath = (uploadId: string) => join(root, 'completed', `${uploadId}.json`)
  const startPath = (of: string) => join(root, 'starts', of)

  /** On first use, and again if that failed. */
  function opened(): Promise<{ readonly secret: string }> {
    opening ??= openRoot().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  async function openRoot(): Promise<{ readonly secret: string }> {
    await rm(trash, { recursive: true, force: true })
    for (const name of ['objects', 'uploads', 'completed', 'starts', 'trash']) {
      await mkdir(join(root, name), { recursive: true })
    }
    return { secret: options.secret ?? (await loadSecret(join(root, 'secret'))) }
  }

  async function findById(uploadId: string): Promise<Manifest | undefined> {
    // Ids are ours; anything else must not become a path.
    if (!/^[0-9a-f]{32}$/.test(uploadId)) return undefined
    const text =
      (await readIfPresent(completedPath(uploadId))) ??
      (await readIfPresent(manifestPath(uploadId)))
    return text === undefined ? undefined : parseManifest(text)
  }

  async function find({ owner, key, uploadId }: UploadAddress): Promise<Manifest> {
    await opened()
    const upload = await findById(uploadId)
    if (upload === undefined || upload.owner !== owner || upload.key !== key) throw noSuchUpload()
    return upload
  }

  async function findUnfinished(address: UploadAddress): Promise<Manifest> {
    const upload = await find(address)
    if (upload.completed !== undefined) throw noSuchUpload()
    return upload
  }

  /** In one step as far as anybody can see, whatever is being written into the directory. */
  async function discard(uploadId: string, upload: Manifest): Promise<void> {
    const name = join(trash, `${uploadId}-${randomBytes(4).toString('hex')}`)
    try {
      await rename(uploadDirectory(uploadId), name)
      await syncDirectory(join(root, 'uploads'))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
    await rm(name, { recursive: true, force: true, maxRetries: 3 })
    await perFingerprint(upload.fingerprint, async () => {
      const path = startPath(upload.fingerprint)
      if ((await readIfPresent(path)) === uploadId) await rm(path, { force: true })
    })
  }

  return {
    objectPath: (key) => objectPath(objects, key),

    async create(upload) {
      await opened()
      objectPath(objects, upload.key)
      const print = await fingerprint(upload)
      return perFingerprint(print, async () => {
        const known = await readIfPresent(startPath(print))
        const earlier = known === undefined ? undefined : await findById(known)
        if (known !== undefined && earlier !== undefined && earlier.completed === undefined) {
          return { key: earlier.key, uploadId: known, partSize: earlier.partSize }
        }
        const { owner, key, fileSize, partSize } = upload
        const uploadId = randomBytes(16).toString('hex')
        const manifest: Manifest = {
          version: 1,
          owner,
          key,
          fileSize,
          partSize,
          fingerprint: print,
        }
        await mkdir(partsDirectory(uploadId), { recursive: true })
        await mkdir(incomingDirectory(uploadId))
        await writeAtomically(manifestPath(uploadId), JSON.stringify(manifest))
        await syncDirectory(join(root, 'uploads'))
        await writeAtomically(startPath(print), uploadId)
        return { key, uploadId, partSize }
      })
    },

    async signParts(address, partNumbers, { partsUrl }) {
      const { secret } = await opened()
      const upload = await findUnfinished(address)
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
      const upload = await findById(uploadId)
      if (upload === undefined || upload.completed !== undefined) throw noSuchUpload()
      const maximum = plannedSize(upload, partNumber)
      if (maximum === undefined) {
        throw new BackendError('InvalidRequest', `There is no part ${partNumber}.`)
      }
      try {
        const etag = await receivePart(
          body,
          { announced: contentLength, maximum },
          join(partsDirectory(uploadId), partFileName(partNumber)),
          incomingDirectory(uploadId),
        )
        return { etag }
      } catch (error) {
        // Completed or aborted while the bytes came in.
        if (isMissing(error)) throw noSuchUpload()
        throw error
      }
    },

    async listParts(address) {
      await findUnfinished(address)
      try {
        return await readStoredParts(partsDirectory(address.uploadId))
      } catch (error) {
        // Completed or aborted meanwhile.
        if (isMissing(error)) throw noSuchUpload()
        throw error
      }
    },

    async complete(address, parts) {
      const { uploadId } = address
      await perUpload(uploadId, async () => {
        const upload = await find(address)
        assertMd5s(parts)
        const etag = multipartEtag(parts)
        if (upload.completed !== undefined) {
          if (upload.completed !== etag) {
            throw new BackendError('InvalidPart', 'The upload was completed with other parts.')
          }
          // Usually gone already; a crash may have kept the first call from it.
          await discard(uploadId, upload)
          return
        }
        const stored = await readStoredParts(partsDirectory(uploadId))
        const minPartSize = options.minPartSize ?? Math.min(S3_MIN_PART_SIZE, upload.partSize)
        checkParts(parts, stored, upload, minPartSize)
        const temporary = join(incomingDirectory(uploadId), randomBytes(12).toString('hex'))
        const target = objectPath(objects, upload.key)
        try {
          await assemble(parts, partsDirectory(uploadId), temporary)
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
        await syncDirectory(dirname(target))
        // A crash up to here leaves the parts, and the repeated call makes the same object again.
        await writeAtomically(
          completedPath(uploadId),
          JSON.stringify({ ...upload, completed: etag } satisfies Manifest),
        )
        await discard(uploadId, upload)
      })
    },

    async abort(address) {
      await perUpload(address.uploadId, async () => {
        const upload = await findUnfinished(address)
        await discard(address.uploadId, upload)
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
