import type { NewUpload } from './storage.ts'

/**
 * Equal for two start requests that mean the same file for the same use by the same principal. 64 hex
 * digits, from which none of it can be read.
 */
export async function fingerprint({
  owner,
  fileName,
  fileHash,
  fileSize,
  userParams,
}: NewUpload): Promise<string> {
  const text = JSON.stringify([owner, fileName, fileHash, fileSize, sortKeys(userParams)])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The same JSON with the fields of every object in one order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([name, inner]) => [name, sortKeys(inner)] as const)
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}
