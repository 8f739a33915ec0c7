import { createHash } from 'node:crypto'
import type { PartTag } from '../storage.ts'

/** The ETag of an object made of parts, as S3 makes it: the MD5 of all the MD5s, and the number of parts. */
export function multipartEtag(parts: readonly PartTag[]): string {
  const hash = createHash('md5')
  for (const { etag } of parts) hash.update(etag, 'hex')
  return `${hash.digest('hex')}-${parts.length}`
}
