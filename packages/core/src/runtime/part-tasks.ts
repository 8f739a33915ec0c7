import type { UploadState } from '../machine/upload-state.ts'
import type { Clock, Json, PartQueue, PartTaskStatus } from '../ports.ts'
import type { EtagMode } from '../protocol/etag.ts'
import type { EffectOf, Post } from './entry.ts'
import { putFailure } from './local-failure.ts'
import { readPutOutcome } from './put-outcome.ts'
import { parseTaskId } from './task-id.ts'

/** Hands parts to the queue of the transport and turns what it tells into events. */
export class PartTasks {
  readonly #queue: PartQueue
  readonly #post: Post
  readonly #draw: (name: string) => number
  readonly #clock: Clock
  readonly #etagMode: () => EtagMode

  constructor(options: {
    readonly queue: PartQueue
    readonly post: Post
    readonly draw: (name: string) => number
    readonly clock: Clock
    readonly etagMode: () => EtagMode
  }) {
    this.#queue = options.queue
    this.#post = options.post
    this.#draw = options.draw
    this.#clock = options.clock
    this.#etagMode = options.etagMode
  }

  /** Begins to listen. Returns what ends it. */
  subscribe(): () => void {
    return this.#queue.subscribe((status) => this.#hear(status))
  }

  async put({ file }: UploadState, effect: EffectOf<'put'>): Promise<void> {
    const { taskId, url, start, end } = effect
    const ref = file.ref === undefined ? null : (JSON.parse(file.ref) as Json)
    try {
      await this.#queue.enqueue([{ id: taskId, url, range: { start, end }, ref }])
    } catch (error) {
      this.#hear({ id: taskId, state: 'broken', error })
    }
  }

  cancel(taskIds: readonly string[]): Promise<void> {
    return this.#queue.cancel(taskIds)
  }

  acknowledge(taskIds: readonly string[]): Promise<void> {
    return this.#queue.acknowledge(taskIds)
  }

  #hear(status: PartTaskStatus): void {
    const taskId = status.id
    const { id, generation, part } = parseTaskId(taskId)
    switch (status.state) {
      case 'waiting':
        return
      case 'running':
        return this.#post(id, { type: 'partProgressed', taskId, sentBytes: status.sentBytes })
      case 'broken': {
        const failure = putFailure(status.error, part)
        return this.#post(id, { type: 'partFailed', taskId, failure, draw: this.#draw('retry') })
      }
      case 'answered': {
        const { response } = status
        const outcome = readPutOutcome(response, part, this.#etagMode(), this.#clock.wall())
        if (outcome.ok) {
          const { etag } = outcome
          return this.#post(id, { type: 'partConfirmed', taskId, part, generation, etag })
        }
        const { failure } = outcome
        return this.#post(id, { type: 'partFailed', taskId, failure, draw: this.#draw('retry') })
      }
    }
  }
}
