import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  createUploader,
  type ForegroundSource,
  type ForegroundTransport,
} from '@s3-bg-uploader/core'
import { levelStore } from '@s3-bg-uploader/transport-node'
import { INSTANT_CONFIG } from '../instant.ts'

/** What many uploads cost that wait for their turn. */
export interface QueueCost {
  readonly uploads: number
  /** CPU seconds from the opening of the journal to an uploader that has them all. */
  readonly restoreCpuSeconds: number
  readonly restoreSeconds: number
  /** Bytes of memory for each of them, in JavaScript's heap and outside of it. */
  readonly bytesEach: number
  /** The same where they were added by this process, and their files are open. */
  readonly bytesEachAdded: number
}

/**
 * Queues so many uploads, and restores them from their journal.
 *
 * @param place an empty folder.
 */
export async function costOfQueue(place: string, uploads: number): Promise<QueueCost> {
  const open = () =>
    createUploader({ transport: holding, store: levelStore(place), config: INSTANT_CONFIG })
  const filling = await open()
  const memoryEmpty = memoryInUse()
  for (let from = 0; from < uploads; from += 1000) {
    const length = Math.min(1000, uploads - from)
    const names = Array.from({ length }, (_, at) => `holiday ${from + at}.mp4`)
    const options = { transferId: 'trip', userParams: { albumId: '42' } }
    await Promise.all(names.map((name) => filling.uploadFile(name, options)))
  }
  const bytesEachAdded = (memoryInUse() - memoryEmpty) / uploads
  await filling.close()

  const memoryBefore = memoryInUse()
  const [startedAt, startedCpu] = [performance.now(), process.cpuUsage()]
  const uploader = await open()
  const { user, system } = process.cpuUsage(startedCpu)
  const restoreSeconds = (performance.now() - startedAt) / 1000
  const bytesEach = (memoryInUse() - memoryBefore) / uploads
  const restored = uploader.uploads().length
  if (restored !== uploads) throw new Error(`${restored} of ${uploads} uploads were restored`)
  await uploader.close()
  const restoreCpuSeconds = (user + system) / 1e6
  return { uploads, restoreCpuSeconds, restoreSeconds, bytesEach, bytesEachAdded }
}

/** Its files are never hashed, so that every upload stays in the queue. */
const holding: ForegroundTransport<string> = {
  capabilities: { progress: false, reopen: true, nativeHash: true, background: false },
  open: async (name) => new HeldSource(name),
  reopen: async (ref) => new HeldSource(String(ref)),
}

/** A class, as that of Node's files: functions of its own for each would take more than an upload. */
class HeldSource implements ForegroundSource {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  get size(): number {
    return 104_857_600
  }

  get lastModified(): number {
    return 1_700_000_000_000
  }

  get ref(): string {
    return this.name
  }

  async read(): Promise<Uint8Array> {
    return new Uint8Array()
  }

  hash({ signal }: { readonly signal: AbortSignal }): Promise<string> {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  put(): Promise<never> {
    return Promise.reject(new Error('Nothing is hashed, so nothing is sent'))
  }

  async close(): Promise<void> {}
}

function memoryInUse(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
