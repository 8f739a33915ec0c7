import { md5 } from '@noble/hashes/legacy.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** 32 lower-case hex digits, as S3 makes the ETag of a part. Web Crypto has no MD5. */
export function md5Hex(bytes: Uint8Array): string {
  return bytesToHex(md5(bytes))
}

/** The ETag of an object made of parts, as S3 makes it: the MD5 of all the MD5s, and the number of parts. */
export function multipartEtag(md5s: readonly string[]): string {
  const hash = md5.create()
  for (const one of md5s) hash.update(hexToBytes(one))
  return `${bytesToHex(hash.digest())}-${md5s.length}`
}
