import { UploadError } from '../errors.ts'
import type { SchedulerEvent } from '../machine/scheduler.ts'
import type { UploadEffect } from '../machine/upload-effect.ts'
import type { ForegroundSource, Platform, StoreChange, Transport } from '../ports.ts'
import { createBackendClient } from '../protocol/backend-client.ts'
import type { EndpointConfig } from '../protocol/config.ts'
import { ControlCalls } from './control-calls.ts'
import type { Entry, NewEvent, Post } from './entry.ts'
import { FileWork } from './file-work.ts'
import { foregroundQueue } from './foreground-queue.ts'
import type { Journal } from './journal.ts'
import type { KeptFiles } from './kept-files.ts'
import { PartTasks } from './part-tasks.ts'
import { partDeletions, partKey, uploadChange, uploadKey } from './records.ts'
import { parseTaskId } from './task-id.ts'
import { unforeseen } from './unforeseen.ts'

/** What effects are run on. */
export interface EffectPorts<TFile> {
  readonly transport: Transport<TFile>
  readonly platform: Platform
  readonly journal: Journal
  readonly kept: KeptFiles
  readonly onProblem: (error: UploadError) => void
}

interface EffectsOptions<TFile> extends EffectPorts<TFile> {
  /** The hard cap of a foreground transport: PUTs at the same time. */
  readonly concurrency: number
  readonly config: () => EndpointConfig | undefined
  /** The uploads, by id. */
  readonly entries: ReadonlyMap<string, Entry>
  readonly post: Post
  readonly tell: (event: SchedulerEvent) => void
}

/** What waits for a batch of the journal. */
interface Following {
  readonly events: { readonly id: string; readonly event: NewEvent }[]
  /** Tasks whose results it holds: their queue may forget them. */
  readonly taskIds: string[]
}

/**
 * Runs effects: one effect becomes one call of a port, and what comes of it becomes one event.
 */
export class Effects<TFile> {
  readonly #options: EffectsOptions<TFile>
  readonly #calls: ControlCalls
  readonly #files: FileWork<TFile>
  readonly #parts: PartTasks
  readonly #stopListening: () => void
  /** The last batch that was asked of the journal, and what follows once it is durable. */
  #written: Promise<void> = Promise.resolve()
  #following: Following = { events: [], taskIds: [] }
  /** What was asked of the journal is done, and so is what had to follow: batches are written in order. */
  #journaled: Promise<void> = Promise.resolve()
  /** Effects that are under way. What a queue does with its parts is none. */
  #underWay = 0
  #stopped = false
  readonly #onBug = (cause: unknown): void => this.#options.onProblem(unforeseen(cause))

  constructor(options: EffectsOptions<TFile>) {
    const { transport, platform, config, post, tell } = options
    const { clock, fetch, hasher, random } = platform
    const draw = (name: string): number => random.draw(name)
    const backend = createBackendClient({
      fetch,
      clock,
      config() {
        const now = config()
        if (now) return now
        throw new UploadError('config_missing', 'There is no configuration yet')
      },
    })
    this.#options = options
    this.#calls = new ControlCalls(backend, post, draw)
    this.#files = new FileWork({ transport, hasher, post, draw })
    this.#parts = new PartTasks({
      queue:
        'queue' in transport
          ? transport.queue
          : foregroundQueue({
              concurrency: options.concurrency,
              // A foreground transport opens foreground sources.
              sourceOf: (task) =>
                options.entries.get(parseTaskId(task.id).id)?.source as
                  | ForegroundSource
                  | undefined,
            }),
      post,
      draw,
      clock,
      etagMode: () => config()?.etag ?? 'unquoted',
      onWindow: (window) => tell({ type: 'windowChanged', window }),
    })
    this.#stopListening = this.#parts.subscribe()
  }

  run(entry: Entry, effect: UploadEffect): void {
    const { tell, kept } = this.#options
    const { state } = entry
    const { id, order } = state.file
    switch (effect.type) {
      case 'journalUpload':
        this.#journal([uploadChange(state)])
        this.#following.events.push({ id, event: { type: 'journaled', ticket: effect.ticket } })
        return
      case 'journalPart': {
        const { taskId, generation, part, etag } = effect
        this.#journal([{ key: partKey(id, generation, part), value: etag }])
        if (taskId !== undefined) this.#following.taskIds.push(taskId)
        return
      }
      case 'forgetParts':
        return this.#journal(partDeletions(id, effect.generation, effect.parts))
      case 'forgetUpload':
        return this.#journal([{ key: uploadKey(id) }])
      case 'releaseRef':
        return kept.release(effect.ref, this.#written)
      case 'requestAdmission':
        return tell({ type: 'admissionRequested', id, order })
      case 'withdraw':
        return tell({ type: 'withdrawn', id })
      case 'wantSlots':
        return tell({ ...effect, type: 'slotsWanted', id })
      case 'releaseSlots':
        return tell({
          type: 'slotsReleased',
          id,
          count: effect.count,
          msPerLoad: effect.msPerLoad,
          landing: effect.landing,
        })
      case 'keepSlots':
        return tell({ ...effect, type: 'slotsKept', id, order })
      case 'openSource':
        return this.#watch(this.#files.open(entry))
      case 'closeSource':
        return this.#watch(this.#files.close(entry))
      case 'hash':
        return this.#watch(this.#files.hash(entry, effect.ticket))
      case 'stopHash':
        return entry.hashing?.abort()
      case 'callStart':
      case 'callUrls':
      case 'callList':
      case 'callComplete':
      case 'callAbort':
        return this.#watch(this.#calls.run(entry, effect))
      case 'dropCall':
        return entry.calls?.get(effect.ticket)?.abort()
      case 'put':
        return this.#watch(this.#parts.put(state, effect))
      case 'cancelPuts':
        return this.#watch(this.#parts.cancel(effect.taskIds))
      case 'wake':
        return this.#setAlarm(entry, effect.at)
    }
  }

  /** Takes over what a background queue did while we were away. */
  reconcile(loading: Parameters<PartTasks['reconcile']>[1]): Promise<void> {
    return this.#parts.reconcile((id) => this.#options.entries.get(id)?.state.generation, loading)
  }

  /** Tells the queue when nothing is left to do, now or once `work` and what follows from it end. */
  count(work?: Promise<unknown>): Promise<void> | undefined {
    return 'queue' in this.#options.transport ? this.#settle(work) : undefined
  }

  async #settle(work?: Promise<unknown>): Promise<void> {
    this.#underWay += 1
    await work
    this.#underWay -= 1
    if (this.#underWay === 0 && !this.#stopped) this.#parts.settled()
  }

  /** Stops all that is under way, but for the calls of these uploads. */
  async stop(others: ReadonlySet<Entry>): Promise<void> {
    const entries = [...this.#options.entries.values()]
    this.#stopped = true
    this.#stopListening()
    this.#files.stop()
    for (const entry of entries) if (!others.has(entry)) stopWork(entry)
    // A background queue goes on without us: that is what it is for.
    if (!('queue' in this.#options.transport)) {
      const flights = entries.flatMap(({ state }) => state.multipart?.flights ?? [])
      await this.#parts.cancel(flights.map(({ taskId }) => taskId))
    }
    await Promise.all(entries.map(({ source }) => source?.close()))
  }

  /** Resolves once the journal holds all that was to be written, and what had to follow is done. */
  journaled(): Promise<void> {
    return this.#journaled
  }

  #journal(changes: readonly StoreChange[]): void {
    const written = this.#options.journal.write(changes)
    // One batch takes all that comes while another is written, and what follows waits for the batch.
    if (written === this.#written) return
    this.#written = written
    this.#following = { events: [], taskIds: [] }
    this.#journaled = this.#follow(written, this.#following).catch(this.#onBug)
    void this.count(this.#journaled)
  }

  async #follow(written: Promise<void>, { events, taskIds }: Following): Promise<void> {
    const { post, onProblem } = this.#options
    let isDurable = true
    await written.catch((error) => {
      isDurable = false
      onProblem(error)
    })
    // What is not in the journal must stay in the queue.
    if (isDurable && taskIds.length > 0) this.#watch(this.#parts.acknowledge(taskIds))
    // Uploads go on without the journal; only a crash would cost what it does not hold.
    for (const { id, event } of events) post(id, event)
  }

  #setAlarm(entry: Entry, at: number): void {
    const { post, platform } = this.#options
    const { clock, random } = platform
    const { id } = entry.state.file
    const ring = (): void => post(id, { type: 'woke', draw: random.draw('retry') })
    entry.cancelAlarm?.()
    entry.cancelAlarm =
      at === Number.POSITIVE_INFINITY ? undefined : clock.setTimer(ring, at - clock.now())
  }

  /** Effects report what comes of them as events. Should one reject all the same, that is told. */
  #watch(work: Promise<unknown>): void {
    void this.count(work.catch(this.#onBug))
  }
}

/** Stops the work on an upload, but for its parts. */
export function stopWork({ cancelAlarm, hashing, calls }: Entry): void {
  cancelAlarm?.()
  hashing?.abort()
  for (const call of calls?.values() ?? []) call.abort()
}
