import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { BackendError } from '../backend-error.ts'
import { quoteEtag } from '../etag.ts'
import type { NewUpload, UploadStorage } from '../storage.ts'
import { consistsOf } from './consists-of.ts'
import { listAllParts } from './list-all-parts.ts'
import { presignParts } from './presign-parts.ts'
import { startRefusal, uploadRefusal } from './refusal.ts'

const DEFAULT_URL_TTL_SECONDS = 3600

/** What an object shall be besides its bytes, in the words of CreateMultipartUpload. */
export type ObjectSettings = Pick<
  CreateMultipartUploadCommandInput,
  | 'ACL'
  | 'BucketKeyEnabled'
  | 'CacheControl'
  | 'ContentDisposition'
  | 'ContentEncoding'
  | 'ContentLanguage'
  | 'ContentType'
  | 'Expires'
  | 'Metadata'
  | 'ObjectLockLegalHoldStatus'
  | 'ObjectLockMode'
  | 'ObjectLockRetainUntilDate'
  | 'SSEKMSEncryptionContext'
  | 'SSEKMSKeyId'
  | 'ServerSideEncryption'
  | 'StorageClass'
  | 'Tagging'
>

/** What `s3Storage` takes. */
export interface S3StorageOptions {
  /**
   * Its configuration says where S3 is, how buckets are addressed (`forcePathStyle`), who asks and how
   * often it asks again. Clients of the uploads reach S3 at the same address, so it must be one that they
   * can reach.
   */
  readonly client: S3Client
  /** Name of the bucket. It must exist. */
  readonly bucket: string
  /**
   * How long a part URL is good for: 1 to 604,800 seconds. Default: 3600. A URL that temporary credentials
   * sign says so when they end earlier.
   */
  readonly urlTtlSeconds?: number
  /** The settings of every object, or a function that chooses them. What `NewUpload` tells comes from the client. */
  readonly object?: ObjectSettings | ((upload: NewUpload) => ObjectSettings)
}

/**
 * An UploadStorage in a bucket of S3, or of a server that speaks its language.
 *
 * It keeps nothing itself, so any number of instances serve one bucket. That is also why it knows no
 * owner and no plan: wrap it in `ownedUploads`, or in a storage that looks into records of your own. Without
 * either, everybody whom `authorize` lets in may use every upload whose key and id he knows.
 *
 * Part URLs are signed here, without asking S3: the signature covers the host, the path and the query, and
 * not the bytes. So there are URLs for an upload that is completed, aborted, or never was; S3 answers
 * a PUT to them with `NoSuchUpload`.
 *
 * A repeated `complete` of an upload that S3 has forgotten succeeds if the object has exactly those parts, by
 * its ETag. Where ETags are no MD5s (SSE-KMS), that cannot be told: it is `NoSuchUpload`.
 *
 * Needs `s3:PutObject`, `s3:AbortMultipartUpload`, `s3:ListMultipartUploadParts`, and `s3:GetObject` to
 * recognise what is completed.
 *
 * @throws RangeError for a `urlTtlSeconds` that cannot be signed, and for a directory bucket (S3 Express
 * One Zone), whose sessions end sooner than URLs do.
 */
export function s3Storage(options: S3StorageOptions): UploadStorage {
  const { client, bucket, object = {}, urlTtlSeconds = DEFAULT_URL_TTL_SECONDS } = options
  if (!Number.isInteger(urlTtlSeconds) || urlTtlSeconds < 1 || urlTtlSeconds > 604_800) {
    throw new RangeError('urlTtlSeconds must be an integer from 1 to 604800.')
  }
  if (bucket.endsWith('--x-s3')) {
    throw new RangeError(`Part URLs cannot be signed for a directory bucket: ${bucket}.`)
  }

  return {
    async create(upload) {
      const { key, partSize } = upload
      const settings = typeof object === 'function' ? object(upload) : object
      const command = new CreateMultipartUploadCommand({ ...settings, Bucket: bucket, Key: key })
      const { UploadId: uploadId } = await client.send(command).catch((error: unknown) => {
        throw startRefusal(error)
      })
      if (uploadId === undefined) throw new Error('S3 started an upload and did not tell its id.')
      return { key, uploadId, partSize }
    },

    signParts({ key, uploadId }, partNumbers) {
      return presignParts(client, { bucket, key, uploadId }, partNumbers, urlTtlSeconds)
    },

    async complete({ key, uploadId }, parts) {
      const command = new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        MultipartUpload: {
          Parts: parts.map(({ partNumber, etag }) => ({
            PartNumber: partNumber,
            ETag: quoteEtag(etag),
          })),
        },
      })
      try {
        await client.send(command)
      } catch (error) {
        const refusal = uploadRefusal(error)
        const isGone = refusal instanceof BackendError && refusal.code === 'NoSuchUpload'
        // The call may have succeeded before, with its answer lost on the way.
        if (!isGone || !(await consistsOf(client, { bucket, key }, parts))) throw refusal
      }
    },

    listParts({ key, uploadId }) {
      return listAllParts(client, { bucket, key, uploadId })
    },

    async abort({ key, uploadId }) {
      const address = { Bucket: bucket, Key: key, UploadId: uploadId }
      try {
        await client.send(new AbortMultipartUploadCommand(address))
      } catch (error) {
        throw uploadRefusal(error)
      }
    },
  }
}
