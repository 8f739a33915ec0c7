import { BackendError } from './backend-error.ts'

/** The most that S3 takes, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024

/** S3 lists keys in XML, which cannot contain most of them; logs and terminals obey some. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keeping them out is the purpose
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Refuses keys that cannot make the way through the URLs of the contract and into S3: URL parsers swallow
 * `.` and `..` segments however they are encoded, and a slash at the end could not be told from the
 * optional one of the endpoint.
 *
 * @throws BackendError `InvalidRequest`.
 */
export function assertPortableKey(key: string): void {
  const segments = key.split('/')
  const bytes = new TextEncoder().encode(key)
  if (
    key === '' ||
    key.endsWith('/') ||
    segments.includes('.') ||
    segments.includes('..') ||
    CONTROL.test(key) ||
    bytes.length > MAX_KEY_BYTES ||
    // A lone surrogate does not survive the way to UTF-8 and back.
    new TextDecoder().decode(bytes) !== key
  ) {
    throw new BackendError('InvalidRequest', 'An object cannot be stored under that key.')
  }
}
