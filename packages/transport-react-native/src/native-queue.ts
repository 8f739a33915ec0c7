import type { PartQueue, PartTask, PartTaskStatus, QueueWindow } from '@s3-bg-uploader/core'
import { callNative } from './native-error.ts'
import type { NativeModule } from './native-module.ts'
import { toNativeTask, toPartStatus } from './part-task.ts'

type Listener = (status: PartTaskStatus) => void

/** The native queue, as the core wants to see it. It outlives the process, this object does not. */
export class NativeQueue implements PartQueue {
  readonly #native: NativeModule
  readonly #isInForeground: () => boolean
  readonly #look: () => Promise<void>
  readonly #listeners = new Set<Listener>()
  /** Finished tasks that were told again because they were still listed. */
  #toldAgain: ReadonlySet<string> = new Set()

  constructor(options: {
    readonly native: NativeModule
    readonly isInForeground: () => boolean
    /** Asks anew for what else the core must know before anything goes on. */
    readonly look: () => Promise<void>
  }) {
    this.#native = options.native
    this.#isInForeground = options.isInForeground
    this.#look = options.look
  }

  async enqueue(tasks: readonly PartTask[]): Promise<void> {
    const known = tasks.map(toNativeTask)
    await callNative(() => this.#native.enqueue(known))
  }

  async list(): Promise<readonly PartTaskStatus[]> {
    await this.#look()
    return this.#statuses()
  }

  cancel(ids: readonly string[]): Promise<void> {
    return callNative(() => this.#native.cancel(ids))
  }

  acknowledge(ids: readonly string[]): Promise<void> {
    return callNative(() => this.#native.acknowledge(ids))
  }

  window(): Promise<QueueWindow> {
    return callNative(() => this.#native.window())
  }

  /** In the foreground nobody was woken, and nobody is to sleep. */
  settled(): void {
    if (this.#isInForeground()) return
    this.#finishWake().catch(() => {
      // The native side goes on without it after some seconds.
    })
  }

  subscribe(listener: Listener): () => void {
    const events = this.#native.onTask((status) => listener(toPartStatus(status)))
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      events.remove()
    }
  }

  /** Tells everything that `list` says as if it had just happened: events may have been lost. */
  async tellAgain(): Promise<void> {
    this.#tell(await this.list())
  }

  /** Results whose events were lost are what the process was woken for: they come first. */
  async #finishWake(): Promise<void> {
    const finished = (await this.#statuses()).filter(
      ({ state }) => state === 'answered' || state === 'broken',
    )
    const lost = finished.filter(({ id }) => !this.#toldAgain.has(id))
    this.#toldAgain = new Set(finished.map(({ id }) => id))
    // Something follows from them, and once that is done there is another call.
    if (lost.length > 0) this.#tell(lost)
    else await this.#native.finishWake()
  }

  async #statuses(): Promise<readonly PartTaskStatus[]> {
    const statuses = await callNative(() => this.#native.list())
    return statuses.map(toPartStatus)
  }

  #tell(statuses: readonly PartTaskStatus[]): void {
    for (const status of statuses) for (const listener of this.#listeners) listener(status)
  }
}
