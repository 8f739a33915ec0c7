import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestFile } from '@s3-bg-uploader/testkit'
import { afterAll } from 'vitest'

const folders: string[] = []

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

/** A path in a folder of its own, which goes when the tests are over. */
export async function temporaryPath(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'transport-fetch-'))
  folders.push(folder)
  return join(folder, name)
}

/** A file on the disk, and the snapshot of it that a browser would have handed over. */
export async function chosenFile(bytes: Uint8Array, name: string): Promise<TestFile<File>> {
  const path = await temporaryPath(name)
  await writeFile(path, bytes)
  let changes = 0
  return {
    file: await fileAt(path, name),
    change: async (changed) => {
      const { mtimeMs } = await stat(path)
      await writeFile(path, changed)
      // Two changes within one tick of the clock would look like none.
      changes++
      await utimes(path, new Date(), new Date(mtimeMs + 1000 * changes))
    },
    remove: () => rm(path, { force: true }),
  }
}

/** A file of the disk as it is now. */
export async function fileAt(path: string, name: string): Promise<File> {
  const { mtimeMs } = await stat(path)
  return new File([await openAsBlob(path)], name, { lastModified: Math.floor(mtimeMs) })
}
