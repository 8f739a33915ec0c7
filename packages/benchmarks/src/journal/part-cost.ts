import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createUploader, type Store, type StoreChange } from '@s3-bg-uploader/core'
import { levelStore } from '@s3-bg-uploader/transport-node'
import { INSTANT_CONFIG, INSTANT_PART_BYTES, instantBackend, instantTransport } from '../instant.ts'

/** What the journal of one upload costs. */
export interface PartCost {
  readonly partRecords: number
  /** Bytes of keys and values, for each part. */
  readonly recordBytes: number
  /**
   * Bytes for each part that this process hands to the system, as Linux counts them; elsewhere those of
   * the log. They include the records of the upload itself, and in the end the deletion of its parts.
   */
  readonly writtenBytes: number
  /** Each is one record in LevelDB's log and one sync. */
  readonly batches: number
}

/**
 * Uploads so many parts, of which nothing is sent: each is answered after that time.
 *
 * @param place an empty folder.
 */
export async function costOfParts(
  place: string,
  { parts, partMs, slots }: { parts: number; partMs: number; slots: number },
): Promise<PartCost> {
  const store = new CountingStore(levelStore(place))
  const uploader = await createUploader({
    transport: instantTransport(parts * INSTANT_PART_BYTES, partMs),
    store,
    concurrency: slots,
    platform: { fetch: instantBackend },
    config: INSTANT_CONFIG,
  })
  const before = await bytesWritten(place)
  const upload = await uploader.uploadFile('file')
  await upload.done
  const bytes = (await bytesWritten(place)) - before
  await uploader.close()
  return {
    partRecords: store.parts,
    recordBytes: store.partBytes / store.parts,
    writtenBytes: bytes / store.parts,
    batches: store.batches,
  }
}

/** Counts what the core writes. */
class CountingStore implements Store {
  readonly #store: Store
  batches = 0
  parts = 0
  partBytes = 0

  constructor(store: Store) {
    this.#store = store
  }

  read(): ReturnType<Store['read']> {
    return this.#store.read()
  }

  write(batch: readonly StoreChange[]): Promise<void> {
    this.batches += 1
    for (const { key, value } of batch) {
      if (!key.startsWith('p/') || value === undefined) continue
      this.parts += 1
      this.partBytes += Buffer.byteLength(key) + Buffer.byteLength(value)
    }
    return this.#store.write(batch)
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

async function bytesWritten(place: string): Promise<number> {
  const counters = await readFile('/proc/self/io', 'utf8').catch(() => '')
  const written = /^wchar: (\d+)$/m.exec(counters)?.[1]
  if (written !== undefined) return Number(written)
  let bytes = 0
  const folder = join(place, 'records')
  for (const name of await readdir(folder)) {
    if (name.endsWith('.log')) bytes += (await stat(join(folder, name))).size
  }
  return bytes
}
