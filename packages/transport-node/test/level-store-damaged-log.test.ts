import { expect, test } from 'vitest'
import {
  BATCHES,
  batchesIn,
  boundaries,
  changed,
  crashed,
  range,
  recover,
} from './level-store-damaged.ts'

/** Checksum, length, type; sequence and count of the batch; and into its records. */
const OFFSETS = [0, 1, 3, 4, 5, 6, 7, 8, 15, 18, 19, 20, 21, 40, 57]

test('a log that ends anywhere loses what is behind, and nothing before', async () => {
  const { original, log, name } = await crashed()
  const starts = boundaries(log)
  expect(starts.length).toBe(BATCHES + 1)
  for (const index of [0, 3, BATCHES - 1]) {
    for (const offset of index === 0 ? [0, 6, 20] : OFFSETS) {
      const end = (starts[index] ?? 0) + offset
      const directory = await changed(original, name, log.subarray(0, end))
      const { records, problems } = await recover(directory)
      expect(batchesIn(records), `the log ends at ${end}`).toEqual(range(index))
      // The write of the last batch may not have ended: that is no damage.
      expect(problems).toEqual([])
    }
  }
})

test('a bit that flipped anywhere in the log costs the batch that it is in', async () => {
  const { original, log, name } = await crashed()
  const starts = boundaries(log)
  for (const index of [0, 3, BATCHES - 1]) {
    for (const offset of index === 0 ? [0, 6, 20] : OFFSETS) {
      const at = (starts[index] ?? 0) + offset
      const damaged = Buffer.from(log)
      damaged.writeUInt8(log.readUInt8(at) ^ (1 << (offset % 8)), at)
      const directory = await changed(original, name, damaged)
      const { records, problems } = await recover(directory)
      const others = range(BATCHES).filter((other) => other !== index)
      expect(batchesIn(records), `bit ${offset % 8} of byte ${at} flipped`).toEqual(others)
      // A last batch that seems to be longer than the file looks as if its write had not ended.
      if (index < BATCHES - 1 || ![4, 5].includes(offset)) {
        expect(problems).toMatchObject([{ code: 'record_corrupt' }])
      }
    }
  }
})

const BLOCK_BYTES = 32 * 1024
/** So long that every batch lies in two or three blocks. */
const LONG = 40_000

/** The pieces of a log: a batch that does not fit into one block has several. */
function piecesOf(log: Buffer): { readonly batch: number; readonly at: number }[] {
  const pieces: { batch: number; at: number }[] = []
  let index = -1
  for (let at = 0; at + 7 <= log.length; ) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES)
    if (left < 7) at += left
    const type = log.readUInt8(at + 6)
    // Whole, or the first piece.
    if (type === 1 || type === 2) index += 1
    pieces.push({ batch: index, at })
    at += 7 + log.readUInt16LE(at + 4)
  }
  return pieces
}

test('a log that ends in any piece of a long batch loses that batch', async () => {
  const { original, log, name } = await crashed(LONG)
  const pieces = piecesOf(log)
  expect(pieces.length).toBeGreaterThanOrEqual(2 * BATCHES)
  for (const { batch, at } of pieces.slice(-6)) {
    for (const end of [at + 3, at + 100]) {
      const directory = await changed(original, name, log.subarray(0, end))
      const { records, problems } = await recover(directory)
      expect(batchesIn(records, LONG), `the log ends at ${end}`).toEqual(range(batch))
      expect(problems).toEqual([])
    }
  }
})

test('a bit that flipped in any piece of a long batch costs that batch', async () => {
  const { original, log, name } = await crashed(LONG)
  for (const { batch, at } of piecesOf(log).slice(1, 6)) {
    for (const offset of [6, 100]) {
      const damaged = Buffer.from(log)
      damaged.writeUInt8(log.readUInt8(at + offset) ^ 0x20, at + offset)
      const { records, problems } = await recover(await changed(original, name, damaged))
      const others = range(BATCHES).filter((other) => other !== batch)
      expect(batchesIn(records, LONG), `byte ${at + offset} changed`).toEqual(others)
      expect(problems).toMatchObject([{ code: 'record_corrupt' }])
    }
  }
})

test('a page of the last batch that the disk never wrote costs that batch only', async () => {
  const { original, log, name } = await crashed(LONG)
  const [start = 0] = piecesOf(log)
    .filter(({ batch }) => batch === BATCHES - 1)
    .map(({ at }) => at)
  const first = Math.ceil(start / 4096) * 4096
  for (let page = first; page < log.length; page += 4 * 4096) {
    const torn = Buffer.from(log).fill(0, page, page + 4096)
    const { records } = await recover(await changed(original, name, torn))
    expect(batchesIn(records, LONG), `the page at ${page} is empty`).toEqual(range(BATCHES - 1))
  }
})

test('space at the end of the log that was never written to is no damage', async () => {
  const { original, log, name } = await crashed()
  const directory = await changed(original, name, Buffer.concat([log, Buffer.alloc(70_000)]))
  const { records, problems } = await recover(directory)
  expect(batchesIn(records)).toEqual(range(BATCHES))
  expect(problems).toEqual([])
})
