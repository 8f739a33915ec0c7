import { maskedCrc32c } from './level-store-crc32c.ts'
import { Cursor } from './level-store-cursor.ts'
import type { Version } from './level-store-version.ts'

const FOOTER_BYTES = 48
/** After each block: how it is compressed, and a checksum. */
const TRAILER_BYTES = 5
const MAGIC = Buffer.from('57fb808b247547db', 'hex')

/** What a table of LevelDB holds. */
export interface TableContent {
  readonly blocks: readonly Buffer[]
  /** Blocks whose checksum does not fit, or 1 where not even the blocks are known. */
  readonly damagedBlocks: number
}

/** Reads a table that was written without compression. */
export function readTable(file: Buffer): TableContent {
  const unreadable = { blocks: [], damagedBlocks: 1 }
  const footer = file.subarray(Math.max(0, file.length - FOOTER_BYTES))
  if (footer.length < FOOTER_BYTES || !footer.subarray(-MAGIC.length).equals(MAGIC)) {
    return unreadable
  }
  const handles = new Cursor(footer)
  const about = blockAt(file, handles)
  const index = blockAt(file, handles)
  if (index === undefined) return unreadable
  const blocks: Buffer[] = []
  let damagedBlocks = 0
  for (const [, handle] of entriesOf(index)) {
    const block = blockAt(file, new Cursor(handle))
    if (block === undefined) damagedBlocks += 1
    else blocks.push(block)
  }
  // The filters: nothing is lost with them.
  const filters = about && entriesOf(about).map(([, handle]) => blockAt(file, new Cursor(handle)))
  if (filters === undefined || filters.includes(undefined)) damagedBlocks += 1
  return { blocks, damagedBlocks }
}

/** The records of one block. */
export function readBlock(block: Buffer): Version[] {
  return entriesOf(block).map(([key, value]) => {
    // The kind of the change in the lowest byte.
    const tag = key.readBigUInt64LE(key.length - 8)
    return {
      key: key.toString('utf8', 0, key.length - 8),
      sequence: Number(tag >> 8n),
      value: (tag & 0xffn) === 1n ? value.toString() : undefined,
    }
  })
}

function blockAt(file: Buffer, handle: Cursor): Buffer | undefined {
  const start = handle.varint()
  const end = start + handle.varint()
  if (end + TRAILER_BYTES > file.length || file[end] !== 0) return undefined
  const isWhole = maskedCrc32c(file.subarray(start, end + 1)) === file.readUInt32LE(end + 1)
  return isWhole ? file.subarray(start, end) : undefined
}

/** Each key leaves out what it has in common with the one before. */
function entriesOf(block: Buffer): [key: Buffer, value: Buffer][] {
  const restarts = block.readUInt32LE(block.length - 4)
  const cursor = new Cursor(block.subarray(0, block.length - 4 - 4 * restarts))
  const entries: [Buffer, Buffer][] = []
  let key: Buffer = Buffer.alloc(0)
  while (!cursor.atEnd) {
    const shared = cursor.varint()
    const ownLength = cursor.varint()
    const valueLength = cursor.varint()
    key = Buffer.concat([key.subarray(0, shared), cursor.bytes(ownLength)])
    entries.push([key, cursor.bytes(valueLength)])
  }
  return entries
}
