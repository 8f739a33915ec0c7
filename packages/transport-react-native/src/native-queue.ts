import type { PartQueue, PartTask, PartTaskStatus } from '@s3-bg-uploader/core'
import { callNative } from './native-error.ts'
import type { NativeModule } from './native-module.ts'
import { toNativeTask, toPartStatus } from './part-task.ts'

type Listener = (status: PartTaskStatus) => void

/** The native queue, as the core wants to see it. It outlives the process, this object does not. */
export class NativeQueue implements PartQueue {
  readonly #native: NativeModule
  readonly #listeners = new Set<Listener>()

  constructor(native: NativeModule) {
    this.#native = native
  }

  async enqueue(tasks: readonly PartTask[]): Promise<void> {
    const known = tasks.map(toNativeTask)
    await callNative(() => this.#native.enqueue(known))
  }

  async list(): Promise<readonly PartTaskStatus[]> {
    const statuses = await callNative(() => this.#native.list())
    return statuses.map(toPartStatus)
  }

  cancel(ids: readonly string[]): Promise<void> {
    return callNative(() => this.#native.cancel(ids))
  }

  acknowledge(ids: readonly string[]): Promise<void> {
    return callNative(() => this.#native.acknowledge(ids))
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
    for (const status of await this.list()) for (const listener of this.#listeners) listener(status)
  }
}
