import { resolve, sep } from 'node:path'
import { BackendError } from '../backend-error.ts'

/** Characters that one file system or another takes for something else than themselves. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keeping them out is the purpose
const UNSAFE = /[\u0000-\u001f\u007f\\:*?"<>|]/

/** Names that Windows takes for devices, whatever their extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i

/** What common file systems allow, in bytes of UTF-8. */
const MAX_SEGMENT_BYTES = 255

/**
 * The file of an object: `root` and the segments of the key. The rules are those of all platforms at
 * once, so that a key that works on one works on every other.
 *
 * @throws BackendError `InvalidRequest` for a key that could name anything but a file below `root`.
 */
export function objectPath(root: string, key: string): string {
  const segments = key.split('/')
  const path = resolve(root, ...segments)
  if (!segments.every(isSafeSegment) || !path.startsWith(resolve(root) + sep)) {
    throw new BackendError('InvalidRequest', 'An object cannot be stored under that key.')
  }
  return path
}

function isSafeSegment(segment: string): boolean {
  return (
    segment !== '' &&
    segment !== '.' &&
    segment !== '..' &&
    !UNSAFE.test(segment) &&
    !DEVICE.test(segment) &&
    !/[. ]$/.test(segment) &&
    Buffer.from(segment).toString() === segment &&
    Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES
  )
}
