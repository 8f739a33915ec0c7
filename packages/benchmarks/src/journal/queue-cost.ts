import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createUploader, type ForegroundTransport, type StoreChange } from '@s3-bg-uploader/core'
import { levelStore } from '@s3-bg-uploader/transport-node'
import { instantTransport } from '../instant.ts'

/** What many uploads cost that wait for their turn. */
export interface QueueCost {
  readonly uploads: number
  /** CPU seconds from the opening of the journal to an uploader that has them all. */
  readonly restoreCpuSeconds: number
  readonly restoreSeconds: number
  /** Bytes of memory for each of them, in JavaScript's heap and outside of it. */
  readonly bytesEach: number
}

/**
 * Restores so many uploads from a journal.
 *
 * @param place an empty folder.
 */
export async function costOfQueue(place: string, uploads: number): Promise<QueueCost> {
  const filling = levelStore(place)
  await filling.read()
  for (let from = 0; from < uploads; from += 1000) {
    const length = Math.min(1000, uploads - from)
    await filling.write(Array.from({ length }, (_, index) => recordOf(from + index)))
  }
  await filling.close()

  const memoryBefore = memoryInUse()
  const [startedAt, startedCpu] = [performance.now(), process.cpuUsage()]
  const uploader = await createUploader({ transport: patient(), store: levelStore(place) })
  const { user, system } = process.cpuUsage(startedCpu)
  const restoreSeconds = (performance.now() - startedAt) / 1000
  const restored = uploader.uploads().length
  if (restored !== uploads) throw new Error(`${restored} of ${uploads} uploads were restored`)
  const bytesEach = (memoryInUse() - memoryBefore) / uploads
  await uploader.close()
  return { uploads, restoreCpuSeconds: (user + system) / 1e6, restoreSeconds, bytesEach }
}

/** Files that are never there yet, so that every upload stays where it is. */
function patient(): ForegroundTransport<string> {
  const transport = instantTransport(0, 0)
  return {
    ...transport,
    capabilities: { ...transport.capabilities, reopen: true },
    reopen: () => new Promise(() => {}),
  }
}

function memoryInUse(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
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
    abandoned: [],
  }
  return { key: `u/${String(index).padStart(16, '0')}`, value: JSON.stringify(value) }
}
