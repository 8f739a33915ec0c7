import type {
  BackgroundTransport,
  Json,
  PartQueue,
  PartTask,
  PartTaskStatus,
  QueueWindow,
  Source,
} from '../../src/ports.ts'
import type { MemoryStorage } from './memory-storage.ts'
import type { MemoryFile, MemoryTransport } from './memory-transport.ts'

interface Entry {
  readonly task: PartTask
  readonly abort: AbortController
  status: PartTaskStatus
}

/** A transport with a queue that sends so many parts at once, and holds the others. */
export class QueueingTransport implements BackgroundTransport<MemoryFile> {
  readonly capabilities = {
    progress: true,
    reopen: true,
    nativeHash: false,
    background: true,
  } as const
  readonly queue: PartQueue
  /** What was enqueued, call by call. */
  readonly enqueued: (readonly PartTask[])[] = []
  window: QueueWindow = { tasks: 40, bytes: Number.POSITIVE_INFINITY }
  /** Parts on their way at the same time; 0 as long as the system holds everything. */
  atOnce = 4
  readonly #opener: MemoryTransport
  readonly #storage: MemoryStorage
  readonly #files: ReadonlyMap<string, MemoryFile>
  readonly #entries = new Map<string, Entry>()
  readonly #listeners = new Set<(status: PartTaskStatus) => void>()

  constructor(
    opener: MemoryTransport,
    storage: MemoryStorage,
    files: ReadonlyMap<string, MemoryFile>,
  ) {
    this.#opener = opener
    this.#storage = storage
    this.#files = files
    this.queue = {
      enqueue: async (tasks) => {
        this.enqueued.push(tasks)
        for (const task of tasks) {
          const { id } = task
          const status = { id, state: 'waiting' } as const
          this.#entries.set(id, { task, abort: new AbortController(), status })
        }
        this.goOn()
      },
      list: async () => [...this.#entries.values()].map(({ status }) => status),
      cancel: async (ids) => this.#forget(ids),
      acknowledge: async (ids) => this.#forget(ids),
      subscribe: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      window: async () => this.window,
    }
  }

  /** Parts that are not sent yet. */
  get unsent(): readonly PartTask[] {
    return [...this.#entries.values()].filter(({ status }) => !isOver(status)).map((e) => e.task)
  }

  open(file: MemoryFile): Promise<Source> {
    return this.#opener.open(file)
  }

  reopen(ref: Json): Promise<Source> {
    return this.#opener.reopen(ref)
  }

  /** Begins with what may be sent now. */
  goOn(): void {
    const all = [...this.#entries.values()]
    let running = all.filter(({ status }) => status.state === 'running').length
    for (const entry of all) {
      if (running >= this.atOnce) return
      if (entry.status.state !== 'waiting') continue
      running += 1
      void this.#send(entry)
    }
  }

  #forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#entries.get(id)?.abort.abort()
      this.#entries.delete(id)
    }
    this.goOn()
  }

  async #send(entry: Entry): Promise<void> {
    const { task, abort } = entry
    const { id, url, range } = task
    const tell = (status: PartTaskStatus): void => {
      if (this.#entries.get(id) !== entry) return
      entry.status = status
      for (const listener of this.#listeners) listener(status)
    }
    tell({ id, state: 'running', sentBytes: 0 })
    const bytes = this.#files.get(String(task.ref))?.bytes.subarray(range.start, range.end)
    try {
      const response = await this.#storage.put({
        url,
        range,
        bytes: bytes ?? new Uint8Array(),
        signal: abort.signal,
        onProgress: (sentBytes) => tell({ id, state: 'running', sentBytes }),
      })
      tell({ id, state: 'answered', response })
    } catch (error) {
      tell({ id, state: 'broken', error })
    }
    this.goOn()
  }
}

function isOver({ state }: PartTaskStatus): boolean {
  return state === 'answered' || state === 'broken'
}
