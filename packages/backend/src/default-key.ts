/** Long enough to recognise a file by, short enough for every file system. */
const MAX_NAME_LENGTH = 100

/**
 * `{fileHash}/{128 random bits}-{name}`, all of it safe in URLs, in S3 and on every file system.
 *
 * The random bits are what keeps one user from writing over the object of another by claiming the same
 * hash and name.
 */
export function defaultKey(file: { readonly fileHash: string; readonly fileName: string }): string {
  const random = crypto.randomUUID().replaceAll('-', '')
  return `${file.fileHash}/${random}-${safeName(file.fileName)}`
}

/**
 * What is left of a file name when only harmless characters remain. Only ASCII survives: the name as the
 * user knows it belongs into a database, not into a key.
 */
function safeName(fileName: string): string {
  // The end of the name, where the extension is; cut before the rest so that a huge name costs nothing.
  const base = fileName.slice(-4 * MAX_NAME_LENGTH).replace(/^.*[/\\]/s, '')
  const safe = base
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(-MAX_NAME_LENGTH)
    .replace(/^[._]+|[._]+$/g, '')
  return safe === '' ? 'file' : safe
}
