import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { noSuchUpload } from '../no-such-upload.ts'
import type { UploadAddress } from '../storage.ts'
import { exclusive } from './exclusive.ts'
import { isMissing } from './is-missing.ts'
import { type Manifest, parseManifest } from './manifest.ts'
import { readIfPresent } from './read-if-present.ts'
import { syncDirectory } from './sync-directory.ts'
import { writeAtomically } from './write-atomically.ts'

/** What is known of uploads below the root of a `diskStorage`, which tells what is where. */
export interface UploadFolder {
  /** Makes the folders, and empties the trash. */
  open(): Promise<void>
  partsDirectory(uploadId: string): string
  /** For parts and objects in the making. */
  incomingDirectory(uploadId: string): string
  /** The unfinished upload with the same fingerprint, if there is one; else a new one. */
  start(plan: Manifest): Promise<{ readonly uploadId: string; readonly upload: Manifest }>
  findById(uploadId: string): Promise<Manifest | undefined>
  /** @throws BackendError `NoSuchUpload`, also where it belongs to somebody else. */
  find(address: UploadAddress): Promise<Manifest>
  /** @throws BackendError `NoSuchUpload`, also where it is completed. */
  findUnfinished(address: UploadAddress): Promise<Manifest>
  /** Remembers that it was completed, with what, so that a repeated call is recognised. */
  markCompleted(uploadId: string, upload: Manifest, etag: string): Promise<void>
  /** Takes an upload away in one step as far as anybody can see, whatever is being written into it. */
  discard(uploadId: string, upload: Manifest): Promise<void>
}

export function uploadFolder(root: string): UploadFolder {
  const uploads = join(root, 'uploads')
  const trash = join(root, 'trash')
  const perFingerprint = exclusive()

  const uploadDirectory = (uploadId: string) => join(uploads, uploadId)
  const partsDirectory = (uploadId: string) => join(uploadDirectory(uploadId), 'parts')
  const incomingDirectory = (uploadId: string) => join(uploadDirectory(uploadId), 'incoming')
  const manifestPath = (uploadId: string) => join(uploadDirectory(uploadId), 'manifest.json')
  const completedPath = (uploadId: string) => join(root, 'completed', `${uploadId}.json`)
  const startPath = (of: string) => join(root, 'starts', of)

  async function findById(uploadId: string): Promise<Manifest | undefined> {
    // Ids are ours; anything else must not become a path.
    if (!/^[0-9a-f]{32}$/.test(uploadId)) return undefined
    const text =
      (await readIfPresent(completedPath(uploadId))) ??
      (await readIfPresent(manifestPath(uploadId)))
    return text === undefined ? undefined : parseManifest(text)
  }

  async function find({ owner, key, uploadId }: UploadAddress): Promise<Manifest> {
    const upload = await findById(uploadId)
    if (upload === undefined || upload.owner !== owner || upload.key !== key) throw noSuchUpload()
    return upload
  }

  async function add(upload: Manifest): Promise<string> {
    const uploadId = randomBytes(16).toString('hex')
    await mkdir(partsDirectory(uploadId), { recursive: true })
    await mkdir(incomingDirectory(uploadId))
    await writeAtomically(manifestPath(uploadId), JSON.stringify(upload))
    await syncDirectory(uploads)
    return uploadId
  }

  return {
    async open() {
      await rm(trash, { recursive: true, force: true })
      for (const name of ['objects', 'uploads', 'completed', 'starts', 'trash']) {
        await mkdir(join(root, name), { recursive: true })
      }
      await syncDirectory(root)
    },
    partsDirectory,
    incomingDirectory,
    findById,
    find,

    start: (plan) =>
      perFingerprint(plan.fingerprint, async () => {
        const known = await readIfPresent(startPath(plan.fingerprint))
        const earlier = known === undefined ? undefined : await findById(known)
        if (known !== undefined && earlier !== undefined && earlier.completed === undefined) {
          return { uploadId: known, upload: earlier }
        }
        const uploadId = await add(plan)
        await writeAtomically(startPath(plan.fingerprint), uploadId)
        return { uploadId, upload: plan }
      }),

    async findUnfinished(address) {
      const upload = await find(address)
      if (upload.completed !== undefined) throw noSuchUpload()
      return upload
    },

    markCompleted: (uploadId, upload, etag) =>
      writeAtomically(
        completedPath(uploadId),
        JSON.stringify({ ...upload, completed: etag } satisfies Manifest),
      ),

    async discard(uploadId, upload) {
      const name = join(trash, `${uploadId}-${randomBytes(4).toString('hex')}`)
      try {
        await rename(uploadDirectory(uploadId), name)
        await syncDirectory(uploads)
      } catch (error) {
        if (!isMissing(error)) throw error
      }
      await rm(name, { recursive: true, force: true, maxRetries: 3 })
      await perFingerprint(upload.fingerprint, async () => {
        const path = startPath(upload.fingerprint)
        if ((await readIfPresent(path)) === uploadId) await rm(path, { force: true })
      })
    },
  }
}
