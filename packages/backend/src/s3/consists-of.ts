import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { multipartEtag } from '../disk/multipart-etag.ts'
import { unquoteEtag } from '../etag.ts'
import type { PartTag } from '../storage.ts'
import { statusOf, uploadRefusal } from './refusal.ts'

/**
 * Whether there is an object at `key` that was made of exactly these parts. False as well where it cannot
 * be told: ETags that are no MD5s, or no permission to look.
 *
 * An equal ETag is an equal number of parts with equal bytes, so there is no size to compare besides.
 *
 * @throws BackendError `ServiceUnavailable`.
 */
export async function consistsOf(
  client: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  parts: readonly PartTag[],
): Promise<boolean> {
  if (!parts.every(({ etag }) => /^[0-9a-f]{32}$/.test(etag))) return false
  try {
    const { ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return ETag !== undefined && unquoteEtag(ETag) === multipartEtag(parts)
  } catch (error) {
    // Without s3:ListBucket, S3 answers 403 for what is not there.
    if ([403, 404].includes(statusOf(error) ?? 0)) return false
    throw uploadRefusal(error)
  }
}
