/**
 * Measures what the journal costs: bytes and syncs for each part of one large upload, and the time to
 * restore many uploads.
 *
 *     npm --prefix packages/benchmarks run journal-cost -- [parts = 10000] [ms a part = 1] [uploads = 100000]
 *
 * Nothing is uploaded: parts are answered after that time and control calls at once, in memory. Each
 * write of the store is one record in LevelDB's log and one sync. Bytes are those that this process
 * hands to the system, as Linux counts them; elsewhere those of the log. They include the records of
 * the upload itself, and the deletion of those of its parts in the end.
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createUploader, type Store, type StoreChange } from '@s3-bg-uploader/core'
import { levelStore } from '@s3-bg-uploader/transport-node'
import { INSTANT_CONFIG, INSTANT_PART_BYTES, instantBackend, instantTransport } from './instant.ts'

const [parts = 10_000, partMs = 1, uploads = 100_000] = process.argv.slice(2).map(Number)

async function costOfParts(place: string, slots: number): Promise<object> {
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
    'part records': store.parts,
    'bytes per part, keys and values': (store.partBytes / store.parts).toFixed(1),
    'bytes per part, written': (bytes / store.parts).toFixed(1),
    'batches and syncs': store.batches,
    'parts per batch': (store.parts / store.batches).toFixed(2),
  }
}

async function costOfRestoring(place: string): Promise<object> {
  const filling = levelStore(place)
  await filling.read()
  for (let from = 0; from < uploads; from += 1000) {
    const length = Math.min(1000, uploads - from)
    await filling.write(Array.from({ length }, (_, index) => recordOf(from + index)))
  }
  await filling.close()
  const rows: Record<string, object> = {}
  // The first opening also moves the records from the log to tables.
  for (const time of ['first', 'second']) {
    const store = levelStore(place)
    const [startedAt, startedCpu] = [performance.now(), process.cpuUsage()]
    const { length } = await store.read()
    const { user, system } = process.cpuUsage(startedCpu)
    const seconds = (performance.now() - startedAt) / 1000
    await store.close()
    rows[`${length} records, ${time} read`] = {
      'CPU-s': ((user + system) / 1e6).toFixed(2),
      seconds: seconds.toFixed(2),
    }
  }
  return rows
}

function recordOf(index: number): StoreChange {
  const value = {
    v: 1,
    order: index,
    name: `holiday ${index}.mp4`,
    size: 104_857_600,
    lastModified: 1_700_000_000_000,
    transferId: 'trip',
    userParams: '{"albumId":"42"}',
    ref: JSON.stringify({ path: `/home/somebody/videos/holiday ${index}.mp4` }),
    createdAt: 1_700_000_000_000,
    paused: false,
    generation: 0,
    restarts: 0,
    completeLost: false,
    parts: 0,
  }
  return { key: `u/${String(index).padStart(16, '0')}`, value: JSON.stringify(value) }
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

const directory = await mkdtemp(join(tmpdir(), 'journal-cost-'))
try {
  const rows: Record<string, object> = {}
  for (const slots of [1, 6, 16]) {
    rows[`${parts} parts, ${slots} slots`] = await costOfParts(join(directory, `${slots}`), slots)
  }
  console.table(rows)
  console.table(await costOfRestoring(join(directory, 'uploads')))
} finally {
  await rm(directory, { recursive: true })
}
