import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '@s3-bg-uploader/core'
import { expect, test } from 'vitest'
import { levelStore } from '../src/index.ts'
import { openStore, recordOf, write } from './level-store-open.ts'
import { temporaryFolder } from './temporary-file.ts'

const BATCHES = 6
const batch = (index: number) => [
  { key: `p/upload/0/${index}`, value: `etag ${index}` },
  { key: `u/${index}`, value: `{"upload":${index}}` },
]

/** A journal of a few batches, as a power failure would leave it: still open, never closed. */
async function crashed() {
  const { directory, store } = await openStore()
  for (let index = 0; index < BATCHES; index++) await store.write(batch(index))
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
function batchesIn(records: Awaited<ReturnType<Store['read']>>): number[] {
  const found = new Map(records)
  const whole = Array.from({ length: BATCHES }, (_, index) => index).filter((index) =>
    batch(index).some(({ key }) => found.has(key)),
  )
  const expected = whole.flatMap((index) => batch(index).map(({ key, value }) => [key, value]))
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
