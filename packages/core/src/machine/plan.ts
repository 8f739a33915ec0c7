/** S3 takes no more parts than this in one upload. */
export const MAX_PARTS = 10_000

/** How many parts a file of `size` bytes has. A zero-byte file is one empty part (contract §2). */
export function partCount(size: number, partSize: number): number {
  return Math.max(1, Math.ceil(size / partSize))
}

/** The smallest partSize in bytes with which `size` bytes fit into 10,000 parts. */
export function smallestPartSize(size: number): number {
  return Math.max(1, Math.ceil(size / MAX_PARTS))
}

/** The bytes `[start, end)` of a part; part numbers start at 1. */
export function partRange(
  size: number,
  partSize: number,
  part: number,
): { start: number; end: number } {
  const start = (part - 1) * partSize
  return { start, end: Math.min(size, start + partSize) }
}

export function partLength(size: number, partSize: number, part: number): number {
  const { start, end } = partRange(size, partSize, part)
  return end - start
}
