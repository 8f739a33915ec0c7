import { maskedCrc32c } from './level-store-crc32c.ts'
import { Cursor } from './level-store-cursor.ts'
import type { Version } from './level-store-version.ts'

const BLOCK_BYTES = 32 * 1024
const HEADER_BYTES = 7
const [FULL, FIRST, LAST] = [1, 2, 4]

/** What a log of LevelDB holds, its MANIFEST included. */
export interface LogContent {
  readonly records: readonly Buffer[]
  /** Bytes that make no sense. An end in the middle of a record does: the last write died there. */
  readonly damagedBytes: number
}

/** Reads a log. Unlike LevelDB it goes on with the next record after damage, not the next block. */
export function readLog(file: Buffer): LogContent {
  const records: Buffer[] = []
  let damagedBytes = 0
  let begun: Buffer[] | undefined
  for (let start = 0; start < file.length; start += BLOCK_BYTES) {
    const block = file.subarray(start, start + BLOCK_BYTES)
    const isLast = start + BLOCK_BYTES >= file.length
    for (let at = 0; at + HEADER_BYTES <= block.length; ) {
      const end = endOfPiece(block, at)
      if (end === undefined) {
        const next = nextPiece(block, at + 1)
        if (next === block.length && isUnwritten(block.subarray(at), isLast)) break
        damagedBytes += next - at
        begun = undefined
        at = next
        continue
      }
      const type = block[at + 6] as number
      const piece = block.subarray(at + HEADER_BYTES, end)
      if (type === FULL || type === FIRST) begun = [piece]
      else if (begun !== undefined) begun.push(piece)
      else damagedBytes += piece.length
      if ((type === FULL || type === LAST) && begun !== undefined) {
        records.push(Buffer.concat(begun))
        begun = undefined
      }
      at = end
    }
  }
  return { records, damagedBytes }
}

/** Where the piece of a record ends that begins here; undefined where none does. */
function endOfPiece(block: Buffer, at: number): number | undefined {
  const type = block[at + 6] as number
  const end = at + HEADER_BYTES + block.readUInt16LE(at + 4)
  if (type < FULL || type > LAST || end > block.length) return undefined
  return maskedCrc32c(block.subarray(at + 6, end)) === block.readUInt32LE(at) ? end : undefined
}

/** Where the next piece begins; the end of the block where there is none. */
function nextPiece(block: Buffer, from: number): number {
  for (let at = from; at + HEADER_BYTES <= block.length; at++) {
    if (endOfPiece(block, at) !== undefined) return at
  }
  return block.length
}

/** Space that the file system set aside in vain, or a write that a crash or a full disk ended. */
function isUnwritten(rest: Buffer, isLast: boolean): boolean {
  if (rest.every((byte) => byte === 0)) return true
  return isLast && HEADER_BYTES + rest.readUInt16LE(4) > rest.length
}

/** The changes of one batch, as it stands in a log. */
export function readBatch(record: Buffer): Version[] {
  const cursor = new Cursor(record.subarray(12))
  const versions: Version[] = []
  let sequence = Number(record.readBigUInt64LE(0))
  while (!cursor.atEnd) {
    const isPut = cursor.byte() === 1
    const key = cursor.slice().toString()
    versions.push({ key, sequence, value: isPut ? cursor.slice().toString() : undefined })
    sequence += 1
  }
  return versions
}
