import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '@s3-bg-uploader/core'
import { expect } from 'vitest'
import { openStore } from './level-store-open.ts'
import { temporaryFolder } from './temporary-file.ts'

export const BATCHES = 6
const batch = (index: number, bytes = 0) => [
  { key: `p/upload/0/${index}`, value: `etag ${index}` },
  { key: `u/${index}`, value: `{"upload":${index}}${`${index}`.repeat(bytes)}` },
]

/**
 * A journal of a few batches, as a power failure would leave it: still open, never closed.
 *
 * @param bytes by which each batch is longer than it needs to be.
 */
export async function crashed(bytes = 0) {
  const { directory, store } = await openStore()
  for (let index = 0; index < BATCHES; index++) await store.write(batch(index, bytes))
  const [name = ''] = await filesOf(directory, '.log')
  return { original: directory, name, log: await readFile(join(directory, 'records', name)) }
}

/** A copy of a journal, with one file of its records changed. */
export async function changed(
  original: string,
  name: string,
  content: Buffer | string,
): Promise<string> {
  const directory = join(await temporaryFolder(), 'journal')
  await cp(original, directory, { recursive: true })
  await writeFile(join(directory, 'records', name), content)
  return directory
}

export async function filesOf(directory: string, ending: string): Promise<string[]> {
  return (await readdir(join(directory, 'records'))).filter((name) => name.endsWith(ending)).sort()
}

/** Opens, reads and closes; whatever happened, the journal is sound afterwards. */
export async function recover(directory: string) {
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
export function batchesIn(records: Awaited<ReturnType<Store['read']>>, bytes = 0): number[] {
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
export function boundaries(log: Buffer): number[] {
  const starts = [0]
  for (let at = 0; at < log.length; ) {
    at += 7 + log.readUInt16LE(at + 4)
    starts.push(at)
  }
  return starts
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}
