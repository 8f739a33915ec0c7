import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { diskStorage } from '@s3-bg-uploader/backend/disk'
import { sha256Of } from './source-files.ts'

/** What a storage holds in the end. */
export interface StorageFacts {
  /** By key; those that were asked for and are there. */
  readonly sha256: ReadonlyMap<string, string>
  /** How many there are. */
  readonly objects: number
  /** Ids of uploads that were neither completed nor aborted. */
  readonly unfinished: readonly string[]
}

/** Reads a storage as it is on disk. */
export async function readStorageFacts(dir: string, keys: Iterable<string>): Promise<StorageFacts> {
  const { objectPath } = diskStorage({ dir })
  const entries = await readdir(join(dir, 'objects'), { recursive: true, withFileTypes: true })
  const paths = new Set(
    entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
  )
  const sha256 = new Map<string, string>()
  for (const key of keys) {
    const path = objectPath(key)
    if (paths.has(path)) sha256.set(key, await sha256Of(path))
  }
  return { sha256, objects: paths.size, unfinished: await readdir(join(dir, 'uploads')) }
}
