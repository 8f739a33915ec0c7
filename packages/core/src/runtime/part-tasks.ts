import { isUploadError } from '../errors.ts'
import type { Failure } from '../machine/failure.ts'
import type { UploadState } from '../machine/upload-state.ts'
import type { Clock, Json, PartQueue, PartTask, PartTaskStatus, QueueWindow } from '../ports.ts'
import type { EtagMode } from '../protocol/etag.ts'
import { withoutSecrets, withoutText } from '../protocol/safe-cause.ts'
import type { EffectOf, Post } from './entry.ts'
import { readPutOutcome } from './put-outcome.ts'
import { parseTaskId } from './task-id.ts'
import { putFailure } from './transport-failure.ts'

/** Far below the minute without progress that counts as a stall. */
const PROGRESS_SPACING_MS = 50

interface Underway {
  /** The secret part of the URL, to be kept out of errors. */
  readonly query: string
  /** When progress was passed on last. */
  toldAt: number
}

/** Hands parts to the queue of the transport and turns what it tells into events. */
export class PartTasks {
  readonly #queue: PartQueue
  readonly #post: Post
  readonly #draw: (name: string) => number
  readonly #clock: Clock
  readonly #etagMode: () => EtagMode
  readonly #onWindow: (window: QueueWindow) => void
  /** The tasks that this process sent off. */
  readonly #underway = new Map<string, Underway>()
  /** What was told before it was known what is in flight; undefined once it is. */
  #early: PartTaskStatus[] | undefined
  /** What is sent off in this turn: it crosses to the queue at once, however many parts it is. */
  #outbox: PartTask[] = []
  #sending: Promise<void> | undefined

  constructor(options: {
    readonly queue: PartQueue
    readonly post: Post
    readonly draw: (name: string) => number
    readonly clock: Clock
    readonly etagMode: () => EtagMode
    readonly onWindow: (window: QueueWindow) => void
  }) {
    this.#queue = options.queue
    this.#post = options.post
    this.#draw = options.draw
    this.#clock = options.clock
    this.#etagMode = options.etagMode
    this.#onWindow = options.onWindow
  }

  /** Begins to listen. Returns what ends it, and drops what was not yet handed over. */
  subscribe(): () => void {
    const unsubscribe = this.#queue.subscribe((status) => {
      if (this.#early === undefined) this.#hear(status)
      else this.#early.push(status)
    })
    return () => {
      unsubscribe()
      this.#outbox = []
    }
  }

  /** Asks how much the queue takes. */
  async askWindow(): Promise<void> {
    const window = await this.#queue.window?.()
    if (window !== undefined) this.#onWindow(window)
  }

  /**
   * Takes over what the queue did while we were away, as `takeOver` does.
   *
   * What the queue tells meanwhile is kept until then: an upload that hears of one of its parts goes
   * on, and would send those that are still on their way a second time.
   */
  async reconcile(
    generationOf: (id: string) => number | undefined,
    loading: Promise<Pick<typeof import('./earlier-process.ts'), 'takeOver'>>,
  ): Promise<void> {
    this.#early = []
    const { takeOver } = await loading
    await this.askWindow()
    const { statuses, useless } = await takeOver(this.#queue, generationOf, this.#post)
    const told = [...statuses, ...this.#early]
    this.#early = undefined
    for (const status of told) if (!useless.has(status.id)) this.#hear(status)
  }

  put({ file }: UploadState, effect: EffectOf<'put'>): Promise<void> {
    const { taskId, url, start, end } = effect
    const ref = file.ref === undefined ? null : (JSON.parse(file.ref) as Json)
    const mark = url.indexOf('?')
    const query = mark < 0 ? '' : url.slice(mark + 1)
    this.#underway.set(taskId, { query, toldAt: Number.NEGATIVE_INFINITY })
    this.#outbox.push({ id: taskId, url, range: { start, end }, ref })
    this.#sending ??= Promise.resolve().then(() => this.#send())
    return this.#sending
  }

  async #send(): Promise<void> {
    const tasks = this.#outbox
    this.#outbox = []
    this.#sending = undefined
    if (tasks.length === 0) return
    try {
      await this.#queue.enqueue(tasks)
    } catch (error) {
      for (const { id } of tasks) this.#hear({ id, state: 'broken', error })
      return
    }
    if (this.#queue.window === undefined) return
    await this.askWindow().catch(() => {
      // It keeps to what it was told before, and is asked again.
    })
  }

  cancel(taskIds: readonly string[]): Promise<void> {
    for (const taskId of taskIds) this.#underway.delete(taskId)
    this.#outbox = this.#outbox.filter(({ id }) => !taskIds.includes(id))
    return this.#queue.cancel(taskIds)
  }

  acknowledge(taskIds: readonly string[]): Promise<void> {
    return this.#queue.acknowledge(taskIds)
  }

  settled(): void {
    this.#queue.settled?.()
  }

  /** Transports tell of every few kilobytes; nobody needs to know that often. */
  #wasJustTold(taskId: string): boolean {
    const task = this.#underway.get(taskId)
    const now = this.#clock.now()
    if (task === undefined) return false
    if (now - task.toldAt < PROGRESS_SPACING_MS) return true
    task.toldAt = now
    return false
  }

  #hear(status: PartTaskStatus): void {
    const taskId = status.id
    if (status.state === 'running' && this.#wasJustTold(taskId)) return
    const { id, generation, part } = parseTaskId(taskId)
    switch (status.state) {
      case 'waiting':
        return this.#post(id, { type: 'partWaits', taskId })
      case 'running':
        return this.#post(id, { type: 'partProgressed', taskId, sentBytes: status.sentBytes })
      case 'broken':
        return this.#fail(id, taskId, putFailure(this.#safe(taskId, status.error), part))
      case 'answered': {
        this.#underway.delete(taskId)
        const { response } = status
        const outcome = readPutOutcome(response, part, this.#etagMode(), this.#clock.wall())
        if (outcome.ok) {
          const { etag } = outcome
          return this.#post(id, { type: 'partConfirmed', taskId, part, generation, etag })
        }
        return this.#fail(id, taskId, outcome.failure)
      }
    }
  }

  #fail(id: string, taskId: string, failure: Failure): void {
    this.#post(id, { type: 'partFailed', taskId, failure, draw: this.#draw('retry') })
    // There is nothing in it to journal, so the queue may forget it right away.
    this.#queue.acknowledge([taskId]).catch(() => {
      // It is told again after the next start, and forgotten then.
    })
  }

  /** Platforms show URLs in their errors; of tasks of an earlier process the URL is not known. */
  #safe(taskId: string, error: unknown): unknown {
    const task = this.#underway.get(taskId)
    this.#underway.delete(taskId)
    if (task !== undefined) return withoutSecrets(error, [task.query])
    return isUploadError(error) ? error : withoutText(error)
  }
}
