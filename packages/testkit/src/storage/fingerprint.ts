import type { NewUpload } from '@s3-bg-uploader/backend'

/** Equal for two start requests that mean the same file for the same use by the same principal. */
export function fingerprintOf({
  owner,
  fileName,
  fileHash,
  fileSize,
  userParams,
}: NewUpload): string {
  return JSON.stringify([owner, fileName, fileHash, fileSize, sortKeys(userParams)])
}

/** The same JSON with the fields of every object in one order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return { object: entries.map(([name, inner]) => [name, sortKeys(inner)]) }
}
