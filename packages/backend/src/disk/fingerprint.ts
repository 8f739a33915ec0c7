import { createHash } from 'node:crypto'
import type { NewUpload } from '../storage.ts'

/** Equal for two start requests that mean the same file for the same use by the same principal. */
export function fingerprint({
  owner,
  fileName,
  fileHash,
  fileSize,
  userParams,
}: NewUpload): string {
  const text = JSON.stringify([owner, fileName, fileHash, fileSize, sortKeys(userParams)])
  return createHash('sha256').update(text).digest('hex')
}

/** The same JSON with the fields of every object in one order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([name, inner]) => [name, sortKeys(inner)] as const)
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}
