import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { BackendError } from '@s3-bg-uploader/backend'

/** The part that a presigned URL allows to PUT. */
export interface SignedPart {
  readonly key: string
  readonly uploadId: string
  readonly partNumber: number
}

/**
 * What follows `{origin}/{bucket}/` in a presigned URL of the AWS SDK, parameter for parameter. Only the
 * signature is computed otherwise: S3 would take a URL whose parameters changed places, and this does
 * not, because a client has to use it exactly as received (contract §2).
 *
 * @param signedAt Milliseconds since the epoch.
 */
export function signPart(
  secret: string,
  { key, uploadId, partNumber }: SignedPart,
  signedAt: number,
  ttlSeconds: number,
): string {
  const path = key.split('/').map(encode).join('/')
  const date = amzDate(signedAt)
  const scope = `mock/${date.slice(0, 8)}/us-east-1/s3/aws4_request`
  const head = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&X-Amz-Credential=${encode(scope)}&X-Amz-Date=${date}&X-Amz-Expires=${ttlSeconds}`
  const tail = `X-Amz-SignedHeaders=host&partNumber=${partNumber}&uploadId=${encode(uploadId)}&x-id=UploadPart`
  return `${path}?${head}&X-Amz-Signature=${signature(secret, path, `${head}&${tail}`)}&${tail}`
}

/**
 * @param path As received, still percent-encoded.
 * @param search With its `?`.
 * @param now Milliseconds since the epoch.
 * @throws BackendError `SignatureDoesNotMatch`, `AccessDenied` once expired.
 */
export function verifyPart(secret: string, path: string, search: string, now: number): SignedPart {
  const [, head = '', given = '', tail = ''] =
    /^\?(.*)&X-Amz-Signature=([0-9a-f]{64})&(.*)$/.exec(search) ?? []
  if (given === '' || given !== signature(secret, path, `${head}&${tail}`)) {
    throw new BackendError(
      'SignatureDoesNotMatch',
      'The signature of this URL does not match: it must be used exactly as it was handed out.',
    )
  }
  const query = new URLSearchParams(`${head}&${tail}`)
  const signedAt = parseAmzDate(query.get('X-Amz-Date') ?? '')
  if (now >= signedAt + Number(query.get('X-Amz-Expires')) * 1000) {
    throw new BackendError('AccessDenied', 'Request has expired')
  }
  return {
    key: decodeURIComponent(path),
    uploadId: query.get('uploadId') ?? '',
    partNumber: Number(query.get('partNumber')),
  }
}

function signature(secret: string, path: string, query: string): string {
  const text = `PUT\n/${path}\n${query}`
  return bytesToHex(hmac(sha256, utf8ToBytes(secret), utf8ToBytes(text)))
}

/** As signature version 4 wants it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** `20260102T030405Z`: ISO 8601 in the basic form, whole seconds. */
function amzDate(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
}

function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}
