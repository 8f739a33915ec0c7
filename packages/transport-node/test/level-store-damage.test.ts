import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '@s3-bg-uploader/core'
import { expect, test, vi } from 'vitest'
import { levelStore } from '../src/index.ts'
import { openStore, recordOf, write } from './level-store-open.ts'
import { temporaryFolder } from './temporary-file.ts'

const BATCHES = 6
const batch = (index: number, bytes = 0) => [
  { key: `p/upload/0/${index}`, value: `etag ${index}` },
  { key: `u/${index}`, value: `{"upload":${index}}${`${index}`.repeat(bytes)}` },
]

/**
 * A journal of a few batches, as a power failure would leave it: still open, never closed.
 *
 * @param bytes by which each batch is longer than it needs to be.
 */
async function crashed(bytes = 0) {
  const { directory, store } = await openStore()
  for (let index = 0; index < BATCHES; index++) await store.write(batch(index, bytes))
  const [name = ''] = await filesOf(directory, '.log')
  return { original: directory, name, log: await readFile(join(directory, 'records', name)) }
}

/** A copy of a journal, with one file of its records changed. */
async function changed(original: string, name: string, content: Buffer | string): Promise<string> {
  const directory = join(await temporaryFolder(), 'journal')
  await cp(original, directory, { recursive: true })
  await writeFile(join(directory, 'records', name), content)
  return directory
}

async function filesOf(directory: string, ending: string): Promise<string[]> {
  return (await readdir(join(directory, 'records'))).filter((name) => name.endsWith(ending)).sort()
}

/** Opens, reads and closes; whatever happened, the journal is sound afterwards. */
async function recover(directory: string) {
  const { store, problems } = await openStore(directory, false)
  const records = await store.read()
  await store.write([{ key: 'later', value: 'x' }])
  await store.close()
  const again = await openStore(directory, false)
  expect(await again.store.read()).toContainEqual(['later', 'x'])
  expect(again.problems).toEqual([])
  await again.store.close()
  return { records, problems }
}

/** Which batches are there. Fails when one is there in part, or changed. */
function batchesIn(records: Awaited<ReturnType<Store['read']>>, bytes = 0): number[] {
  const found = new Map(records)
  const whole = Array.from({ length: BATCHES }, (_, index) => index).filter((index) =>
    batch(index).some(({ key }) => found.has(key)),
  )
  const expected = whole.flatMap((index) =>
    batch(index, bytes).map(({ key, value }) => [key, value]),
  )
  expect([...records].sort()).toEqual(expected.sort())
  return whole
}

/** Where the records of the log begin, and its end. */
function boundaries(log: Buffer): number[] {
  const starts = [0]
  for (let at = 0; at < log.length; ) {
    at += 7 + log.readUInt16LE(at + 4)
    starts.push(at)
  }
  return starts
}

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

test('what is damaged is put aside as it was, and told', async () => {
  const { original, log, name } = await crashed()
  const damaged = Buffer.from(log).fill(0xff, 10, 20)
  const directory = await changed(original, name, damaged)
  const { problems } = await recover(directory)
  const [aside = ''] = (await readdir(directory)).filter((file) => file.includes('damaged'))
  expect(await readFile(join(directory, aside, name))).toEqual(damaged)
  expect(problems).toMatchObject([
    {
      name: 'UploadError',
      code: 'record_corrupt',
      message: `The journal in ${directory} was damaged; ${2 * BATCHES - 2} records could be saved`,
      hint: expect.stringContaining(join(directory, aside)),
      cause: expect.any(Error),
    },
  ])
})

test('an error of who is told does no harm', async () => {
  const { original, log, name } = await crashed()
  const directory = await changed(original, name, Buffer.from(log).fill(0xff, 10, 20))
  const store = levelStore(directory, {
    onProblem: () => {
      throw new Error('from the application')
    },
  })
  expect((await store.read()).length).toBe(2 * BATCHES - 2)
  await store.close()
})

test.each(['', 'MANIFEST-000001', 'MANIFEST-999999\n', '../../etc/passwd\n', '\0\0\0\0'])(
  'nothing is lost when CURRENT says %j',
  async (content) => {
    const { records, problems } = await recover(
      await changed((await crashed()).original, 'CURRENT', content),
    )
    expect(batchesIn(records)).toEqual(range(BATCHES))
    expect(problems.length).toBe(1)
  },
)

test.each(['CURRENT', 'MANIFEST'])('nothing is lost without %s', async (beginning) => {
  const directory = await changed((await crashed()).original, 'unrelated', '')
  for (const file of await readdir(join(directory, 'records')))
    if (file.startsWith(beginning)) await rm(join(directory, 'records', file))
  const { records, problems } = await recover(directory)
  expect(batchesIn(records)).toEqual(range(BATCHES))
  expect(problems.length).toBe(1)
})

/** A journal with a table, a log and a MANIFEST of several changes. */
async function grown() {
  const { directory, store } = await openStore()
  // More than LevelDB keeps in a log: it begins another one and a table, and notes that.
  for (let index = 0; index < 5; index++) {
    await store.write([{ key: `big ${index}`, value: `${index}`.repeat(1_000_000) }])
  }
  await store.write([{ key: 'last', value: 'x' }])
  // LevelDB makes its tables in the background.
  await vi.waitUntil(async () => (await filesOf(directory, '.log')).length === 1)
  const [manifest = ''] = (await readdir(join(directory, 'records'))).filter((name) =>
    name.startsWith('MANIFEST'),
  )
  const content = await readFile(join(directory, 'records', manifest))
  return { directory, manifest, content, records: 6 }
}

test('a log that is gone is noticed, and what the tables hold is saved', async () => {
  const { directory } = await grown()
  const [log = ''] = await filesOf(directory, '.log')
  const without = await changed(directory, 'unrelated', '')
  await rm(join(without, 'records', log))
  const { records, problems } = await recover(without)
  expect(records.length).toBeGreaterThanOrEqual(4)
  expect(problems).toMatchObject([{ code: 'record_corrupt' }])
})

test('a MANIFEST that ends anywhere loses nothing', async () => {
  const { directory, manifest, content, records: count } = await grown()
  const starts = boundaries(content)
  expect(starts.length).toBeGreaterThan(2)
  for (const start of starts.slice(0, -1)) {
    for (const end of [start, start + 12]) {
      const { records, problems } = await recover(
        await changed(directory, manifest, content.subarray(0, end)),
      )
      expect(records.length, `the MANIFEST ends at ${end}`).toBe(count)
      expect(problems).toMatchObject([{ code: 'record_corrupt' }])
    }
  }
})

test('a bit that flipped in the MANIFEST loses nothing', async () => {
  const { directory, manifest, content, records: count } = await grown()
  for (const start of boundaries(content).slice(0, -1)) {
    for (const at of [start + 4, start + 9]) {
      const damaged = Buffer.from(content)
      damaged.writeUInt8(content.readUInt8(at) ^ 2, at)
      const { records, problems } = await recover(await changed(directory, manifest, damaged))
      expect(records.length, `byte ${at} of the MANIFEST changed`).toBe(count)
      expect(problems).toMatchObject([{ code: 'record_corrupt' }])
    }
  }
})

test('records in tables outlive damage to other blocks, and to everything else', async () => {
  const count = 3000
  const { directory, store } = await openStore()
  await write(store, count)
  await store.write([{ key: recordOf(0).key }])
  await store.close()
  // Opened again, the records move from the log to a table.
  await (await openStore(directory)).store.close()
  const [name = ''] = await filesOf(directory, '.ldb')
  const table = await readFile(join(directory, 'records', name))
  const expected = new Map(
    range(count).map((index) => [recordOf(index).key, recordOf(index).value]),
  )
  const survivors = async (content: Buffer): Promise<number> => {
    const { records, problems } = await recover(await changed(directory, name, content))
    for (const [key, value] of records) if (key !== 'later') expect(value).toBe(expected.get(key))
    expect(problems).toMatchObject([{ code: 'record_corrupt' }])
    return records.length
  }
  for (const at of [0, 1, 500, Math.floor(table.length / 2), Math.floor(table.length * 0.7)]) {
    const damaged = Buffer.from(table)
    damaged.writeUInt8(table.readUInt8(at) ^ 0x10, at)
    expect(await survivors(damaged)).toBeGreaterThan(count - 50)
  }
  // Cut off, it has lost the table of its contents.
  for (const end of [0, 10, 48, table.length - 1]) {
    expect(await survivors(table.subarray(0, end))).toBe(0)
  }

  const without = await changed(directory, 'unrelated', '')
  await rm(join(without, 'records', name))
  expect((await recover(without)).problems.length).toBe(1)

  const broken = await changed(directory, 'CURRENT', 'x')
  const { records } = await recover(broken)
  expect(records.length).toBe(count - 1)
})

test('the half of a table that a crash left behind is no damage', async () => {
  const directory = await changed((await crashed()).original, '000999.ldb', 'half of a table')
  const { records, problems } = await recover(directory)
  expect(batchesIn(records)).toEqual(range(BATCHES))
  expect(problems).toEqual([])
})

test('a salvage that a crash interrupts is made up for', async () => {
  const { original, log, name } = await crashed()
  const ready = await changed(original, name, log)
  await cp(join(ready, 'records'), join(ready, 'records.salvaged'), { recursive: true })
  await rm(join(ready, 'records'), { recursive: true })
  expect(batchesIn((await recover(ready)).records)).toEqual(range(BATCHES))

  // This one had not come so far.
  const early = await changed(original, name, Buffer.from(log).fill(0xff, 10, 20))
  await cp(join(early, 'records'), join(early, 'records.salvaged'), { recursive: true })
  const { records } = await recover(early)
  expect(batchesIn(records)).toEqual(range(BATCHES).slice(1))
})

test('a lock whose files are damaged still locks', async () => {
  const directory = await changed((await crashed()).original, 'unrelated', '')
  const lock = join(directory, 'lock')
  for (const file of await readdir(lock)) if (file !== 'LOCK') await truncate(join(lock, file), 0)
  const { store } = await openStore(directory)
  await expect(levelStore(directory).read()).rejects.toMatchObject({ code: 'store_locked' })
  expect(batchesIn(await store.read())).toEqual(range(BATCHES))
})

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}
