import { assertAllParts, checkParts } from './check-parts.ts'
import { noSuchUpload, unlessGone } from './no-such-upload.ts'
import { assertPlannedPart } from './part-plan.ts'
import type { UploadAddress, UploadStorage } from './storage.ts'
import {
  importSecret,
  type Secret,
  type SignedUpload,
  signToken,
  verifyToken,
} from './upload-token.ts'

/** As many as the hash has: a shorter secret is the easiest thing to guess about a token. */
const MIN_SECRET_BYTES = 32

/** Far longer than the rule of a bucket should let unfinished uploads stay. */
const DEFAULT_TTL_SECONDS = 30 * 24 * 3600

/** What `ownedUploads` takes besides the storage. */
export interface OwnedUploadsOptions {
  /**
   * The first one signs, all verify. At least 32 bytes each, random, equal on all instances:
   * `openssl rand -hex 32`. To replace one, add the new one behind it on all instances, then move it to
   * the front on all, and remove the old one after `ttlSeconds`.
   */
  readonly secrets: readonly string[]
  /**
   * For how long after its start an upload can be gone on with, seconds. Then it does not exist, and a
   * client begins anew. Default: 30 days.
   */
  readonly ttlSeconds?: number
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number
}

/**
 * Gives uploads an owner and a plan in a storage that knows neither, without a database: any number of
 * instances that share `secrets`, and nothing else, serve the same uploads.
 *
 * The `uploadId` that clients get is a token. It is bound to the principal and the key by an HMAC and
 * contains neither. Whoever sees one, in the log of a proxy say, reads the size of the file, the part size,
 * when it expires and the id that the storage gave; without the principal's credentials, or the
 * storage's, it opens nothing. A token of somebody else, of another key, altered, expired or signed with
 * a retired secret behaves as an upload that does not exist.
 *
 * Part URLs are signed for parts of the plan only, and complete takes exactly the parts of the plan, each
 * of its planned size: S3 itself would take any part of up to 5 GiB at a presigned URL, and make an
 * object of any of them. That is what `listParts` of the storage is asked for before each complete call,
 * so it has to tell ETags and sizes.
 *
 * Without a wrapper, a storage that knows no owner lets everybody whom `authorize` lets in use every
 * upload whose id and key he knows. An app that keeps its own records of who started what need not wrap
 * it in this: it puts an `UploadStorage` of its own around it that looks there, since every call names the
 * owner.
 *
 * @throws RangeError for no secret or one that is too short, and for a `ttlSeconds` that is no positive
 * integer.
 */
export function ownedUploads(storage: UploadStorage, options: OwnedUploadsOptions): UploadStorage {
  const { secrets, ttlSeconds = DEFAULT_TTL_SECONDS, clock = Date.now } = options
  const [first, ...others] = secrets
  if (first === undefined) throw new RangeError('secrets must hold at least one secret.')
  if (secrets.some((secret) => new TextEncoder().encode(secret).length < MIN_SECRET_BYTES)) {
    throw new RangeError(`Each of the secrets must have at least ${MIN_SECRET_BYTES} bytes.`)
  }
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
    throw new RangeError('ttlSeconds must be a positive integer.')
  }
  let importing: Promise<readonly [Secret, ...Secret[]]> | undefined
  const now = () => Math.floor(clock() / 1000)

  /** On first use: nobody would hear of a failure before. */
  const imported = (): Promise<readonly [Secret, ...Secret[]]> => {
    importing ??= Promise.all([importSecret(first), ...others.map(importSecret)])
    return importing
  }

  async function open({ owner, key, uploadId }: UploadAddress): Promise<{
    readonly address: UploadAddress
    readonly plan: SignedUpload
  }> {
    const plan = await verifyToken(await imported(), uploadId, { owner, key })
    if (plan === undefined || plan.expiresAt <= now()) throw noSuchUpload()
    return { address: { owner, key, uploadId: plan.uploadId }, plan }
  }

  return {
    async create(upload) {
      const { owner, fileSize } = upload
      const { key, uploadId, partSize } = await storage.create(upload)
      const signed = { uploadId, fileSize, partSize, expiresAt: now() + ttlSeconds }
      const [secret] = await imported()
      return { key, partSize, uploadId: await signToken(secret, signed, { owner, key }) }
    },

    async signParts(token, partNumbers, where) {
      const { address, plan } = await open(token)
      for (const partNumber of partNumbers) assertPlannedPart(plan, partNumber)
      return storage.signParts(address, partNumbers, where)
    },

    async complete(token, parts) {
      const { address, plan } = await open(token)
      assertAllParts(parts, plan)
      // An upload that is gone may be completed: only the storage can tell.
      const stored = await unlessGone(storage.listParts(address))
      // A part that is replaced from here on has another ETag, and the storage refuses the given one.
      if (stored !== undefined) checkParts(parts, stored, plan, 0)
      await storage.complete(address, parts)
    },

    async listParts(token) {
      const { address } = await open(token)
      return storage.listParts(address)
    },

    async abort(token) {
      const { address } = await open(token)
      await storage.abort(address)
    },

    ...(storage.putPart === undefined ? {} : { putPart: storage.putPart.bind(storage) }),
  }
}
