/**
 * Measures what the journal costs: bytes and syncs for each part of one large upload, and memory and CPU
 * time for many uploads that are restored from it.
 *
 *     npm --prefix packages/benchmarks run journal-cost -- [parts = 10000] [ms a part = 1] [uploads = 100000]
 *
 * Nothing is uploaded: parts are answered after that time and control calls at once, in memory.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { costOfParts } from './journal/part-cost.ts'
import { costOfQueue } from './journal/queue-cost.ts'

const [parts = 10_000, partMs = 1, uploads = 100_000] = process.argv.slice(2).map(Number)

const directory = await mkdtemp(join(tmpdir(), 'journal-cost-'))
try {
  const rows: Record<string, object> = {}
  for (const slots of [1, 6, 16]) {
    const cost = await costOfParts(join(directory, `${slots}`), { parts, partMs, slots })
    rows[`${parts} parts, ${slots} slots`] = {
      'part records': cost.partRecords,
      'bytes per part, keys and values': cost.recordBytes.toFixed(1),
      'bytes per part, written': cost.writtenBytes.toFixed(1),
      'batches and syncs': cost.batches,
      'parts per batch': (cost.partRecords / cost.batches).toFixed(2),
    }
  }
  console.table(rows)
  const queue = await costOfQueue(join(directory, 'uploads'), uploads)
  console.table({
    [`${uploads} uploads restored`]: {
      'CPU-s': queue.restoreCpuSeconds.toFixed(2),
      seconds: queue.restoreSeconds.toFixed(2),
      'bytes each': queue.bytesEach.toFixed(0),
      'bytes each, when added': queue.bytesEachAdded.toFixed(0),
    },
  })
} finally {
  await rm(directory, { recursive: true })
}
