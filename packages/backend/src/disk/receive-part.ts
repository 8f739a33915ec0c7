import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BackendError } from '../backend-error.ts'
import { syncDirectory } from './sync-directory.ts'

/** Few and large writes: one for each 64 KiB that arrive would cost more than the rest. */
const BATCH_BYTES = 1024 * 1024
/** Below what operating systems take at once; tiny chunks make many. */
const BATCH_CHUNKS = 256

/** Bytes of one part. */
export interface PartLimits {
  readonly announced: number | undefined
  readonly maximum: number
}

/**
 * Streams the bytes of a part into a part file (see `stored-part.ts`): into a temporary one first, so
 * that what breaks off leaves no part. Durable once resolved.
 *
 * @returns MD5, 32 hex digits.
 * @throws BackendError `EntityTooLarge`, `IncompleteBody`.
 */
export async function receivePart(
  body: AsyncIterable<Uint8Array>,
  { announced, maximum }: PartLimits,
  path: string,
  temporaryDirectory: string,
): Promise<string> {
  if (announced !== undefined && announced > maximum) throw tooLarge(maximum)
  const temporary = join(temporaryDirectory, randomBytes(12).toString('hex'))
  const handle = await open(temporary, 'wx')
  try {
    const hash = createHash('md5')
    let md5: Buffer
    try {
      const size = await writeBody(body, maximum, handle, (chunk) => hash.update(chunk))
      if (announced !== undefined && size !== announced) {
        throw new BackendError('IncompleteBody', `${size} of ${announced} bytes arrived.`)
      }
      md5 = hash.digest()
      await writeAll(handle, [md5])
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    await syncDirectory(dirname(path))
    return md5.toString('hex')
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Writes while the next bytes arrive; at most two batches are in memory. */
async function writeBody(
  body: AsyncIterable<Uint8Array>,
  maximum: number,
  handle: FileHandle,
  onChunk: (chunk: Uint8Array) => void,
): Promise<number> {
  let size = 0
  let batch: Uint8Array[] = []
  let batchBytes = 0
  let writing = Promise.resolve()
  for await (const chunk of unbroken(body)) {
    size += chunk.length
    if (size > maximum) {
      await writing
      throw tooLarge(maximum)
    }
    onChunk(chunk)
    batch.push(chunk)
    batchBytes += chunk.length
    if (batchBytes >= BATCH_BYTES || batch.length >= BATCH_CHUNKS) {
      await writing
      writing = writeAll(handle, batch)
      // It is awaited above or below; this only keeps a failure meanwhile from counting as unhandled.
      writing.catch(() => {})
      batch = []
      batchBytes = 0
    }
  }
  await writing
  await writeAll(handle, batch)
  return size
}

/** Tells a client that breaks off from a disk that fails. */
async function* unbroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch {
    throw new BackendError('IncompleteBody', 'The body broke off.')
  }
}

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return
  const expected = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const { bytesWritten } = await handle.writev([...chunks])
  if (bytesWritten !== expected) {
    throw new Error(`The disk took ${bytesWritten} of ${expected} bytes; it may be full.`)
  }
}

function tooLarge(maximum: number): BackendError {
  return new BackendError('EntityTooLarge', `This part has ${maximum} bytes in the plan, not more.`)
}
