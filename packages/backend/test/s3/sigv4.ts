import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** One request as it arrived; nothing in it is decoded. */
export interface SignedRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** SHA-256 of the body, in hex. */
  readonly bodyHash: string
}

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/**
 * Checks Signature Version 4 as S3 documents it, in a header or in the query, and gives the code of the
 * error, or undefined when all is well.
 */
export function signatureFault(
  request: SignedRequest,
  keys: Keys,
  now: number,
): string | undefined {
  const [path = '', search = ''] = request.target.split('?')
  const pairs = search === '' ? [] : search.split('&').map((pair) => pair.split('='))
  const query = new Map(pairs.map(([name = '', value = '']) => [decode(name), decode(value)]))
  const inQuery = query.has('X-Amz-Signature')
  const field = inQuery
    ? (name: string) => query.get(`X-Amz-${name}`) ?? ''
    : authorizationField(request.headers.authorization ?? '')
  if (field('Credential') === '') return 'AccessDenied'

  const date = inQuery ? field('Date') : String(request.headers['x-amz-date'])
  if (inQuery && now > timeOf(date) + Number(field('Expires')) * 1000) return 'AccessDenied'

  const [accessKeyId, ...scope] = field('Credential').split('/')
  const [day = '', region = '', service = '', end = ''] = scope
  if (accessKeyId !== keys.accessKeyId || !date.startsWith(day) || end !== 'aws4_request') {
    return 'InvalidAccessKeyId'
  }
  const signedHeaders = field('SignedHeaders')
  const canonical = [
    request.method,
    path,
    canonicalQuery(query),
    ...signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    inQuery ? 'UNSIGNED-PAYLOAD' : String(request.headers['x-amz-content-sha256']),
  ].join('\n')
  const declared = request.headers['x-amz-content-sha256']
  if (!inQuery && declared !== request.bodyHash) return 'XAmzContentSHA256Mismatch'
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n')
  let key: string | Buffer = `AWS4${keys.secretAccessKey}`
  for (const step of [day, region, service, end]) key = hmac(key, step)
  const signature = hmac(key, toSign).toString('hex')
  return signature === field('Signature') ? undefined : 'SignatureDoesNotMatch'
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

function canonicalQuery(query: ReadonlyMap<string, string>): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
}

function authorizationField(authorization: string): (name: string) => string {
  return (name) => new RegExp(`${name}=([^, ]*)`).exec(authorization)?.[1] ?? ''
}

/** `20260102T030405Z` */
function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function decode(value: string): string {
  return decodeURIComponent(value)
}

function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
