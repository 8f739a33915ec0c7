/** What a token says, and proves. */
export interface SignedUpload {
  /** As the storage knows the upload. */
  readonly uploadId: string
  /** Bytes. */
  readonly fileSize: number
  /** Bytes of every part but the last. */
  readonly partSize: number
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/** Whose upload it is, and where its object shall be. A token is bound to both and holds neither. */
export interface TokenBinding {
  readonly owner: string
  readonly key: string
}

/** A `CryptoKey`, of which not every platform's types have the name. */
export type Secret = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const TOKEN = /^([\w-]{43})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.(.+)$/

/** @param secret At least 32 bytes of UTF-8. */
export function importSecret(secret: string): Promise<Secret> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', utf8(secret), algorithm, false, ['sign', 'verify'])
}

/**
 * `{HMAC-SHA256}.{expiresAt}.{fileSize}.{partSize}.{uploadId}`: the MAC in base64url, numbers in base 36,
 * the id as it is but for characters that are not safe in URLs. Some 65 characters longer than the id.
 */
export async function signToken(
  secret: Secret,
  upload: SignedUpload,
  binding: TokenBinding,
): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', secret, signedText(upload, binding))
  return write(new Uint8Array(mac), upload)
}

/**
 * What a token says, if one of the secrets has signed it for this owner and this key; undefined for
 * anything else. When it expires is for the caller to look at.
 */
export async function verifyToken(
  secrets: readonly Secret[],
  token: string,
  binding: TokenBinding,
): Promise<SignedUpload | undefined> {
  const read = parse(token)
  // One upload, one token: no second spelling of it is taken.
  if (read === undefined || write(read.mac, read.upload) !== token) return undefined
  const text = signedText(read.upload, binding)
  for (const secret of secrets) {
    // Takes the same time wherever the two differ.
    if (await crypto.subtle.verify('HMAC', secret, read.mac, text)) return read.upload
  }
  return undefined
}

/** JSON, since no two lists of values give the same text. The first one keeps other uses of a secret apart. */
function signedText(
  { uploadId, fileSize, partSize, expiresAt }: SignedUpload,
  { owner, key }: TokenBinding,
): Uint8Array {
  return utf8(JSON.stringify(['upload', owner, key, uploadId, fileSize, partSize, expiresAt]))
}

function write(mac: Uint8Array, { uploadId, fileSize, partSize, expiresAt }: SignedUpload): string {
  const numbers = [expiresAt, fileSize, partSize].map((number) => number.toString(36))
  return [toBase64Url(mac), ...numbers, escapeId(uploadId)].join('.')
}

function parse(
  token: string,
): { readonly mac: Uint8Array; readonly upload: SignedUpload } | undefined {
  const [, mac = '', expiresAt = '', fileSize = '', partSize = '', id = ''] =
    TOKEN.exec(token) ?? []
  const uploadId = unescapeId(id)
  if (id === '' || uploadId === undefined) return undefined
  const numberOf = (text: string) => Number.parseInt(text, 36)
  return {
    mac: fromBase64Url(mac),
    upload: {
      uploadId,
      fileSize: numberOf(fileSize),
      partSize: numberOf(partSize),
      expiresAt: numberOf(expiresAt),
    },
  }
}

/** Percent-encoding with a tilde, since a percent sign would be encoded again on its way through a path. */
function escapeId(uploadId: string): string {
  return encodeURIComponent(uploadId).replaceAll('~', '%7E').replaceAll('%', '~')
}

function unescapeId(id: string): string | undefined {
  try {
    return decodeURIComponent(id.replaceAll('~', '%'))
  } catch {
    return undefined
  }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** @param text As `TOKEN` lets through. */
function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}
