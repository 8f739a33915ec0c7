/** The most parts that S3 takes for one object. */
export const MAX_PARTS = 10_000

const MIB = 1024 * 1024
const SMALLEST = 8 * MIB

/**
 * The smallest part size (bytes, whole MiB) that keeps a file within 10,000 parts, at least 8 MiB: small
 * parts lose little when a connection breaks.
 *
 * @param fileSize Bytes.
 */
export function defaultPartSize(fileSize: number): number {
  return Math.max(SMALLEST, Math.ceil(fileSize / MAX_PARTS / MIB) * MIB)
}
