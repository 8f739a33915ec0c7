import { cp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { levelStore } from '../src/index.ts'
import {
  BATCHES,
  batchesIn,
  boundaries,
  changed,
  crashed,
  filesOf,
  range,
  recover,
} from './level-store-damaged.ts'
import { openStore, recordOf, write } from './level-store-open.ts'

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
