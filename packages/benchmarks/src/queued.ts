/**
 * Measures what uploads cost that wait for their turn: memory, and CPU time to restore them.
 *
 *     npm --prefix packages/benchmarks run queued -- [uploads = 100000]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { costOfQueue } from './journal/queue-cost.ts'

const [uploads = 100_000] = process.argv.slice(2).map(Number)

const place = await mkdtemp(join(tmpdir(), 'queued-'))
try {
  const cost = await costOfQueue(join(place, 'journal'), uploads)
  console.table({
    [`${uploads} uploads`]: {
      'bytes each, added': cost.bytesEachAdded.toFixed(0),
      'bytes each, restored': cost.bytesEach.toFixed(0),
      'CPU-s of the restore': cost.restoreCpuSeconds.toFixed(2),
    },
  })
} finally {
  await rm(place, { recursive: true })
}
