import type { NativeTask, NativeTaskStatus } from '../../src/index.ts'
import type { DeviceFiles } from './device-files.ts'
import { NativeRejection } from './native-rejection.ts'
import { sendPart } from './send-part.ts'

interface Entry {
  readonly task: NativeTask
  status: NativeTaskStatus
  abort: AbortController | undefined
}

/** The part of a phone that sends parts, whether or not there is a process: ledger and network. */
export class FakeNativeQueue {
  /** Parts on their way at the same time. */
  atOnce = 4
  /** Whoever wants to hear what happens to a task. */
  onStatus: (status: NativeTaskStatus) => void = () => {}
  readonly #files: DeviceFiles
  readonly #ledger = new Map<string, Entry>()
  #held = false
  #onOver: (() => void)[] = []
  /** The most parts that were ever there together without being sent. */
  mostUnsent = 0

  constructor(files: DeviceFiles) {
    this.#files = files
  }

  get statuses(): readonly NativeTaskStatus[] {
    return [...this.#ledger.values()].map(({ status }) => status)
  }

  /** Parts that are not sent yet. */
  get unsentTasks(): number {
    return this.statuses.filter((status) => !isOver(status)).length
  }

  /** Resolves once nothing is on its way and nothing waits. */
  async idle(): Promise<void> {
    while (this.unsentTasks > 0) await new Promise<void>((resolve) => this.#onOver.push(resolve))
  }

  add(tasks: readonly NativeTask[]): void {
    for (const task of tasks) {
      if (this.#ledger.has(task.id)) continue
      const status = { id: task.id, state: 'waiting' }
      this.#ledger.set(task.id, { task, status, abort: undefined })
    }
    this.mostUnsent = Math.max(this.mostUnsent, this.unsentTasks)
    this.#startNext()
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#ledger.get(id)?.abort?.abort()
      this.#ledger.delete(id)
    }
    this.#startNext()
  }

  acknowledge(ids: readonly string[]): void {
    this.forget(ids.filter((id) => isOver(this.#ledger.get(id)?.status)))
  }

  /** A constraint is broken: what runs is stopped and waits, with everything else. */
  hold(held: boolean): void {
    this.#held = held
    for (const entry of held ? this.#ledger.values() : []) {
      if (entry.status.state !== 'running') continue
      this.#note(entry, { id: entry.task.id, state: 'waiting' })
      entry.abort?.abort()
    }
    this.#startNext()
  }

  #startNext(): void {
    if (this.#held) return
    for (const entry of this.#ledger.values()) {
      const running = this.statuses.filter(({ state }) => state === 'running')
      if (running.length >= this.atOnce) return
      if (entry.status.state === 'waiting') void this.#send(entry)
    }
  }

  async #send(entry: Entry): Promise<void> {
    const { id, url, file, start, end } = entry.task
    const abort = new AbortController()
    entry.abort = abort
    this.#note(entry, { id, state: 'running', sentBytes: 0 })
    let status: NativeTaskStatus
    try {
      this.#files.bytesOf(file)
      const answer = await sendPart({
        url,
        length: end - start,
        bytesAt: (from, to) => this.#files.bytesOf(file).subarray(start + from, start + to),
        signal: abort.signal,
        onProgress: (sentBytes) => {
          if (entry.abort === abort) this.#note(entry, { id, state: 'running', sentBytes })
        },
      })
      this.#files.bytesOf(file)
      status = { id, state: 'answered', ...answer }
    } catch (error) {
      const code = error instanceof NativeRejection ? error.code : 'network'
      const message = error instanceof NativeRejection ? error.message : 'The connection broke'
      status = { id, state: 'broken', code, message }
    }
    // Held, and perhaps begun anew since.
    if (abort.signal.aborted) return
    this.#note(entry, status)
    this.#startNext()
    for (const tell of this.#onOver.splice(0)) tell()
  }

  #note(entry: Entry, status: NativeTaskStatus): void {
    if (this.#ledger.get(status.id) !== entry) return
    entry.status = status
    this.onStatus(status)
  }
}

function isOver(status: NativeTaskStatus | undefined): boolean {
  return status?.state === 'answered' || status?.state === 'broken'
}
