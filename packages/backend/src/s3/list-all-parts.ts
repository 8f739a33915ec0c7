import { ListPartsCommand, type S3Client } from '@aws-sdk/client-s3'
import { unquoteEtag } from '../etag.ts'
import type { StoredPart } from '../storage.ts'
import type { S3Upload } from './presign-parts.ts'
import { uploadRefusal } from './refusal.ts'

/**
 * All parts, however many pages S3 tells them in, ascending.
 *
 * @throws BackendError `NoSuchUpload`, `InvalidRequest`, `ServiceUnavailable`.
 */
export async function listAllParts(
  client: S3Client,
  { bucket, key, uploadId }: S3Upload,
): Promise<readonly StoredPart[]> {
  const parts: StoredPart[] = []
  for (;;) {
    const previous = parts.at(-1)?.partNumber ?? 0
    const command = new ListPartsCommand({
      Bucket: bucket,
      Key: key,
      UploadId: uploadId,
      ...(previous > 0 ? { PartNumberMarker: String(previous) } : {}),
    })
    const page = await client.send(command).catch((error: unknown) => {
      throw uploadRefusal(error)
    })
    for (const { PartNumber: partNumber, ETag: etag, Size: size } of page.Parts ?? []) {
      if (partNumber === undefined || etag === undefined || size === undefined) {
        throw new Error('S3 lists a part without its number, its ETag or its size.')
      }
      // A server that does not know markers would begin again, and never end.
      if (partNumber <= (parts.at(-1)?.partNumber ?? 0)) {
        throw new Error(`S3 lists part ${partNumber} again, or out of order.`)
      }
      parts.push({ partNumber, etag: unquoteEtag(etag), size })
    }
    if (page.IsTruncated !== true) return parts
    if (page.Parts === undefined || page.Parts.length === 0) {
      throw new Error('S3 says that there are more parts, and lists none.')
    }
  }
}
