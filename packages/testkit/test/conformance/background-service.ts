import {
  type BackgroundTransport,
  type ForegroundSource,
  type Json,
  type PartQueue,
  type PartTask,
  type PartTaskStatus,
  type Source,
  UploadError,
} from '@s3-bg-uploader/core'
import type { MemoryDisk } from './memory-disk.ts'
import { referenceTransport } from './reference-transport.ts'

/** What may be wrong with the queue. */
export type QueueFault =
  | 'sends twice'
  | 'forgets what finished'
  | 'forgets what runs when the process dies'
  | 'keeps what was acknowledged'
  | 'goes on after cancel'
  | 'throws for unknown ids'
  | 'takes a refusal for a broken exchange'
  | 'tells those who unsubscribed'
  | 'sends again what finished'
  | 'records late'

interface Entry {
  status: PartTaskStatus
  readonly abort: AbortController
}

/** The part of a phone that goes on sending while no process lives: the fixture of a native queue. */
export class BackgroundService {
  readonly #entries = new Map<string, Entry>()
  readonly #disk: MemoryDisk
  readonly #sender: ReturnType<typeof referenceTransport>
  readonly #fault: QueueFault | undefined
  #listeners = new Set<(status: PartTaskStatus) => void>()

  constructor(disk: MemoryDisk, fault?: QueueFault) {
    this.#disk = disk
    this.#sender = referenceTransport(disk)
    this.#fault = fault
  }

  /** The transport of a process that begins now. Those before it are dead: nobody tells them. */
  launch(): BackgroundTransport<string> {
    this.#listeners = new Set()
    if (this.#fault === 'forgets what runs when the process dies') {
      for (const [id, { status, abort }] of this.#entries) {
        if (status.state !== 'running') continue
        abort.abort()
        this.#entries.delete(id)
      }
    }
    const { open } = referenceTransport(this.#disk)
    const asSource = async (path: string): Promise<Source> => {
      const source = await open(path)
      const { name, size, lastModified } = source
      const ref = { path, modified: this.#disk.look(path).modified }
      const read = source.read.bind(source)
      return { name, size, lastModified, ref, read, close: () => source.close() }
    }
    return {
      capabilities: { progress: true, reopen: true, nativeHash: false, background: true },
      open: asSource,
      reopen: async (ref) => asSource(recordedIn(ref).path),
      queue: this.#queue(),
    }
  }

  #queue(): PartQueue {
    return {
      enqueue: async (tasks) => {
        const record = (): void => {
          for (const task of tasks) this.#take(task)
        }
        if (this.#fault === 'records late') setTimeout(record, 50)
        else record()
      },
      list: async () => [...this.#entries.values()].map(({ status }) => status),
      cancel: async (ids) => {
        for (const id of ids) {
          if (this.#fault !== 'goes on after cancel') this.#known(id)?.abort.abort()
          this.#entries.delete(id)
        }
      },
      acknowledge: async (ids) => {
        for (const id of ids) {
          if (this.#known(id) && this.#fault !== 'keeps what was acknowledged') {
            this.#entries.delete(id)
          }
        }
      },
      subscribe: (listener) => {
        const listeners = this.#listeners
        listeners.add(listener)
        return () => {
          if (this.#fault !== 'tells those who unsubscribed') listeners.delete(listener)
        }
      },
    }
  }

  #known(id: string): Entry | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined && this.#fault === 'throws for unknown ids') {
      throw new Error(`There is no task ${id}`)
    }
    return entry
  }

  #take(task: PartTask): void {
    const known = this.#entries.get(task.id)
    const finished = known?.status.state === 'answered'
    const again =
      this.#fault === 'sends twice' || (this.#fault === 'sends again what finished' && finished)
    if (known !== undefined && !again) return
    const abort = new AbortController()
    const entry: Entry = { status: { id: task.id, state: 'waiting' }, abort }
    this.#entries.set(task.id, entry)
    void this.#send(task, entry)
  }

  async #send({ id, url, range, ref }: PartTask, entry: Entry): Promise<void> {
    const tell = (status: PartTaskStatus): void => {
      if (this.#entries.get(id) !== entry) return
      entry.status = status
      for (const listener of this.#listeners) listener(status)
    }
    try {
      const source = await this.#reopen(ref)
      tell({ id, state: 'running', sentBytes: 0 })
      const response = await source.put({
        url,
        range,
        signal: entry.abort.signal,
        onProgress: (sentBytes) => tell({ id, state: 'running', sentBytes }),
      })
      if (response.status >= 400 && this.#fault === 'takes a refusal for a broken exchange') {
        throw new Error(`It was refused: ${response.status}`)
      }
      tell({ id, state: 'answered', response })
    } catch (error) {
      tell({ id, state: 'broken', error })
    }
    if (this.#fault === 'forgets what finished') this.#entries.delete(id)
  }

  /** All that a queue has is the ref, so what the file was when it was opened must be in it. */
  async #reopen(ref: Json): Promise<ForegroundSource> {
    const { path, modified } = recordedIn(ref)
    const source = await this.#sender.open(path)
    if (source.lastModified === modified) return source
    throw new UploadError('source_changed', `${path} has changed`)
  }
}

function recordedIn(ref: Json): { readonly path: string; readonly modified: number } {
  if (typeof ref === 'object' && ref !== null && 'path' in ref && 'modified' in ref) {
    const { path, modified } = ref
    if (typeof path === 'string' && typeof modified === 'number') return { path, modified }
  }
  throw new UploadError('file_not_found', 'The reference names no file')
}
