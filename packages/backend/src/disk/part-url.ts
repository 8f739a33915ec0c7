import { createHmac, timingSafeEqual } from 'node:crypto'
import { BackendError } from '../backend-error.ts'

/** The part that a signed URL stands for. */
export interface SignedPart {
  readonly uploadId: string
  readonly partNumber: number
}

/**
 * The end of a URL that allows to PUT one part for a while. The parameters are named as in presigned
 * URLs of S3, so that clients read the expiry in the same way.
 *
 * @param now Milliseconds since the epoch.
 */
export function signPartPath(
  secret: string,
  { uploadId, partNumber }: SignedPart,
  now: number,
  ttlSeconds: number,
): string {
  const path = `${uploadId}/${partNumber}`
  const query = `X-Amz-Date=${amzDate(now)}&X-Amz-Expires=${ttlSeconds}`
  return `${path}?${query}&X-Amz-Signature=${signature(secret, path, query)}`
}

/**
 * The part that a URL allows to PUT.
 *
 * @param search With its `?`.
 * @param now Milliseconds since the epoch.
 * @throws BackendError `SignatureDoesNotMatch`, `AccessDenied` once expired.
 */
export function verifyPartPath(
  secret: string,
  path: string,
  search: string,
  now: number,
): SignedPart {
  const asked = /^([0-9a-f]{32})\/([1-9]\d{0,4})$/.exec(path)
  const proof =
    /^\?(X-Amz-Date=(\d{8}T\d{6}Z)&X-Amz-Expires=(\d{1,7}))&X-Amz-Signature=([0-9a-f]{64})$/.exec(
      search,
    )
  const expected = signature(secret, path, proof?.[1] ?? '')
  const given = proof?.[4] ?? ''
  if (
    asked === null ||
    proof === null ||
    !timingSafeEqual(Buffer.from(expected), Buffer.from(given))
  ) {
    throw new BackendError(
      'SignatureDoesNotMatch',
      'The signature of this URL does not match: it must be used exactly as it was handed out.',
    )
  }
  if (now >= parseAmzDate(proof[2] ?? '') + Number(proof[3]) * 1000) {
    throw new BackendError('AccessDenied', 'Request has expired')
  }
  return { uploadId: asked[1] ?? '', partNumber: Number(asked[2]) }
}

function signature(secret: string, path: string, query: string): string {
  return createHmac('sha256', secret).update(`PUT\n${path}\n${query}`).digest('hex')
}

/** `20260102T030405Z`: ISO 8601 in the basic form, whole seconds. */
function amzDate(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
}

function parseAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}
