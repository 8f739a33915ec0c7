import {
  type PartQueue,
  type PartTask,
  type PartTaskStatus,
  UploadError,
} from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import { sendPart, type Wire } from './foreground-source.ts'
import type { HttpAnswer } from './http-answer.ts'
import { never } from './party.ts'
import type { End } from './referee.ts'
import type { FileRef, SimFile } from './sim-files.ts'
import type { World } from './world.ts'

interface Task {
  readonly task: PartTask
  readonly file: SimFile
  readonly end: End
  status: PartTaskStatus
  abort: AbortController | undefined
}

/** The system sends so many parts at once. */
export const AT_ONCE = 4

/** A queue of the system's: it goes on while the process is dead, and forgets nothing by itself. */
export class BackgroundQueue {
  readonly #world: World
  readonly #wire: Wire
  readonly #files: ReadonlyMap<string, SimFile>
  readonly #tasks = new Map<string, Task>()
  /** Tells the referee that a task is over, be it under way to the queue or in it. */
  readonly #ends = new Map<string, End>()
  readonly #listeners = new Set<{
    readonly client: ClientProcess
    readonly listener: (status: PartTaskStatus) => void
  }>()

  constructor(world: World, wire: Wire, files: ReadonlyMap<string, SimFile>) {
    this.#world = world
    this.#wire = wire
    this.#files = files
  }

  /** Tasks that are not acknowledged. */
  get size(): number {
    return this.#tasks.size
  }

  portFor(client: ClientProcess): PartQueue {
    const act = async (action: () => void): Promise<void> => {
      if (!client.enter()) return never()
      // The call crosses to the system and back.
      await new Promise<void>((resolve) => client.clock.setTimer(resolve, 1))
      if (!client.enter()) return never()
      action()
      this.#startNext()
    }
    const changes = (what: string): void => {
      if (client.alive) this.#wire.referee.acts(client, `${what} parts`)
    }
    return {
      enqueue: async (tasks) => {
        if (!client.enter()) return never()
        const added = tasks.map((task) => this.#accept(client, task))
        await act(() => {
          for (const entry of added) if (entry !== undefined) this.#tasks.set(entry.task.id, entry)
          this.#checkWindow()
        })
      },
      window: async () => {
        await act(() => {})
        return this.#world.plan.window
      },
      list: async () => {
        await act(() => {})
        if (this.#world.strikes('queue-failure')) throw new Error('the service is not there')
        return [...this.#tasks.values()].map(({ status }) => status)
      },
      cancel: (ids) => {
        changes('cancels')
        if (!client.ended) for (const id of ids) this.#ends.get(id)?.(undefined)
        return act(() => {
          for (const id of ids) this.#remove(id)
        })
      },
      acknowledge: (ids) => {
        changes('acknowledges')
        return act(() => {
          for (const id of ids) this.#remove(id)
        })
      },
      subscribe: (listener) => {
        const entry = { client, listener }
        this.#listeners.add(entry)
        client.onDeath.push(() => this.#listeners.delete(entry))
        return () => this.#listeners.delete(entry)
      },
    }
  }

  #accept(client: ClientProcess, task: PartTask): Task | undefined {
    const file = this.#files.get((task.ref as FileRef).path)
    if (file === undefined || this.#tasks.has(task.id)) return undefined
    const end = this.#wire.referee.putStarts(client, task.url, task.range)
    this.#ends.set(task.id, end)
    return {
      task,
      file,
      end,
      status: { id: task.id, state: 'waiting' },
      abort: undefined,
    }
  }

  /** Whoever fills it must leave room for what is in it, from processes that died too. */
  #checkWindow(): void {
    const { plan } = this.#world
    const unsent = [...this.#tasks.values()].filter(
      ({ status: { state } }) => state === 'waiting' || state === 'running',
    )
    const bytes = unsent.reduce((sum, { task: { range } }) => sum + range.end - range.start, 0)
    if (unsent.length > plan.concurrency) this.#world.reach('queued ahead')
    // Of an upload whose file is missing the scheduler knows nothing, while the queue goes on.
    if (this.#world.has('file-vanish') || this.#world.has('kept-files')) return
    const { window } = plan
    if (unsent.length > window.tasks || (unsent.length > 1 && bytes > window.bytes)) {
      const held = `${unsent.length} parts of ${bytes} bytes are queued`
      const allowed = `${window.tasks} of ${window.bytes} are allowed`
      this.#world.violate('7 bounds', `${held}, ${allowed}`)
    }
  }

  #remove(id: string): void {
    const entry = this.#tasks.get(id)
    this.#tasks.delete(id)
    this.#ends.delete(id)
    entry?.end(undefined)
    entry?.abort?.abort()
  }

  #startNext(): void {
    let running = 0
    for (const { status } of this.#tasks.values()) running += status.state === 'running' ? 1 : 0
    for (const entry of this.#tasks.values()) {
      if (running >= AT_ONCE) return
      if (entry.status.state !== 'waiting') continue
      running += 1
      this.#run(entry)
    }
  }

  #run(entry: Task): void {
    const { task, file } = entry
    const { id, range } = task
    const abort = new AbortController()
    entry.abort = abort
    entry.status = { id, state: 'running', sentBytes: 0 }
    this.#tell(entry.status)
    const finish = (status: PartTaskStatus, answer?: HttpAnswer): void => {
      if (this.#tasks.get(id) !== entry) return
      entry.status = status
      entry.end(answer)
      this.#world.note('queue', () => `${id} is ${status.state}`)
      this.#tell(status)
      this.#startNext()
    }
    const { size, lastModified } = task.ref as FileRef
    const changed = (): boolean =>
      !file.exists ||
      file.content.length !== size ||
      (file.plan.hasMtime && file.lastModified !== lastModified)
    const error = new UploadError('source_changed', `${file.plan.name} has changed`)
    if (changed()) return finish({ id, state: 'broken', error })
    const party = { alive: true, deliver: (callback: () => void) => callback() } as const
    sendPart(this.#wire, file, party, {
      url: task.url,
      range,
      signal: abort.signal,
      onProgress: (sentBytes) => {
        entry.status = { id, state: 'running', sentBytes }
        this.#tell(entry.status)
      },
    }).then(
      (response) => {
        if (changed()) finish({ id, state: 'broken', error })
        else finish({ id, state: 'answered', response }, response)
      },
      (cause: unknown) => finish({ id, state: 'broken', error: cause }),
    )
  }

  #tell(status: PartTaskStatus): void {
    for (const { client, listener } of [...this.#listeners]) {
      client.deliver(() => listener(status))
    }
  }
}
