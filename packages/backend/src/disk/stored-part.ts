import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredPart } from '../storage.ts'
import { isMissing } from './is-missing.ts'

/**
 * A part file is the bytes of the part and after them their MD5: one rename puts both in place, and of
 * two PUTs of the same part the last one wins, as in S3.
 */
const TRAILER_BYTES = 16

/** Enough to keep the disk busy, few enough for every limit on open files. */
const READ_AT_ONCE = 32

/** The name of a part file. */
export function partFileName(partNumber: number): string {
  return String(partNumber).padStart(5, '0')
}

/** What an open part file says of itself. */
export async function readTrailer(
  handle: FileHandle,
): Promise<{ readonly size: number; readonly md5: string }> {
  const size = (await handle.stat()).size - TRAILER_BYTES
  const { buffer } = await handle.read(Buffer.alloc(TRAILER_BYTES), 0, TRAILER_BYTES, size)
  return { size, md5: buffer.toString('hex') }
}

/** The parts in a directory, ascending by part number. */
export async function readStoredParts(directory: string): Promise<readonly StoredPart[]> {
  const names = (await readdir(directory)).sort()
  const parts: StoredPart[] = []
  for (let from = 0; from < names.length; from += READ_AT_ONCE) {
    const some = names.slice(from, from + READ_AT_ONCE)
    parts.push(...(await Promise.all(some.map((name) => readStoredPart(directory, name)))))
  }
  return parts
}

async function readStoredPart(directory: string, name: string): Promise<StoredPart> {
  const handle = await open(join(directory, name), 'r')
  try {
    const { size, md5 } = await readTrailer(handle)
    return { partNumber: Number(name), size, etag: md5 }
  } finally {
    await handle.close()
  }
}

/** Opens a part file; undefined where there is none. */
export async function openPart(
  directory: string,
  partNumber: number,
): Promise<FileHandle | undefined> {
  try {
    return await open(join(directory, partFileName(partNumber)), 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
