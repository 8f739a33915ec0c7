import { UploadError } from '../errors.ts'
import { hasToAbort } from '../machine/abandoned.ts'
import {
  gateOf,
  newScheduler,
  type SchedulerEffect,
  type SchedulerEvent,
  type SchedulerState,
  schedule,
  slotsOf,
} from '../machine/scheduler.ts'
import { transition } from '../machine/transition.ts'
import type { UploadEffect } from '../machine/upload-effect.ts'
import type { UploadEvent } from '../machine/upload-event.ts'
import { recordOf } from '../machine/upload-record.ts'
import type { Gate, Rules, UploadState } from '../machine/upload-state.ts'
import type { ForegroundSource, Platform, Source, StoreChange, Transport } from '../ports.ts'
import { createBackendClient } from '../protocol/backend-client.ts'
import type { EndpointConfig } from '../protocol/config.ts'
import { ControlCalls } from './control-calls.ts'
import { type Entry, type NewEvent, newEntry } from './entry.ts'
import { FileWork } from './file-work.ts'
import { foregroundQueue } from './foreground-queue.ts'
import type { Journal } from './journal.ts'
import type { KeptFiles } from './kept-files.ts'
import { PartTasks } from './part-tasks.ts'
import { encodeUpload, partKey, uploadKey } from './records.ts'
import { parseTaskId } from './task-id.ts'

/** How long `close` waits for abort calls. */
const ABORT_GRACE_MS = 3000

type Message =
  | { readonly to: 'upload'; readonly id: string; readonly event: NewEvent }
  | { readonly to: 'scheduler'; readonly event: SchedulerEvent }

export interface EngineOptions<TFile> {
  readonly transport: Transport<TFile>
  readonly platform: Platform
  readonly journal: Journal
  readonly kept: KeptFiles
  /** What of the rules does not follow from configuration and transport. */
  readonly policy: Pick<Rules, 'retry' | 'stallMs' | 'restarts' | 'slots'>
  readonly config: EndpointConfig | undefined
  /** An upload's state changed. */
  readonly onChange: (state: UploadState, before: UploadState) => void
  /** The gate that concerns all uploads changed. */
  readonly onGateChange: () => void
  /** The number of slots changed. */
  readonly onSlotsChange: () => void
  readonly onProblem: (error: UploadError) => void
}

/**
 * Runs effects: one effect becomes one call of a port, and what comes of it becomes one event. It
 * decides nothing; the machines do.
 */
export class Engine<TFile> {
  readonly #options: EngineOptions<TFile>
  readonly #entries = new Map<string, Entry>()
  readonly #calls: ControlCalls
  readonly #parts: PartTasks
  readonly #files: FileWork<TFile>
  readonly #stopListening: readonly (() => void)[]
  #config: EndpointConfig | undefined
  #rules: Rules
  #reattach: Rules['reattach']
  #scheduler: SchedulerState
  #inbox: Message[] = []
  #delivering = false
  /** The last write that was asked of the journal. */
  #written: Promise<void> = Promise.resolve()
  #closing = false
  #closed = false
  /** All that was asked of the journal is done, and so is what had to follow. */
  #journaled: Promise<void> = Promise.resolve()
  #onDelivered: () => void = () => {}
  /** Effects that are under way. What a queue does with its parts is none. */
  #underWay = 0

  constructor(options: EngineOptions<TFile>) {
    const { transport, platform, config, policy } = options
    const { clock, random, network } = platform
    const draw = (name: string): number => random.draw(name)
    const post = this.post.bind(this)
    this.#options = options
    this.#config = config
    this.#scheduler = newScheduler({
      slots: policy.slots,
      window:
        'queue' in transport ? { tasks: policy.slots, bytes: Number.POSITIVE_INFINITY } : undefined,
      configured: config !== undefined,
      online: network.isOnline(),
      constrained: network.isConstrained?.(),
    })
    this.#rules = this.#makeRules()
    const backend = createBackendClient({
      fetch: platform.fetch,
      clock,
      config: () => this.#requireConfig(),
    })
    this.#calls = new ControlCalls(backend, post, draw)
    this.#files = new FileWork({ transport, hasher: platform.hasher, post, draw })
    this.#parts = new PartTasks({
      queue: 'queue' in transport ? transport.queue : this.#liftedQueue(),
      post,
      draw,
      clock,
      etagMode: () => this.#config?.etag ?? 'unquoted',
      onWindow: (window) => this.#tell({ type: 'windowChanged', window }),
    })
    this.#stopListening = [
      this.#parts.subscribe(),
      network.subscribe(() => {
        this.#tell({ type: 'networkChanged', online: network.isOnline() })
        const constrained = network.isConstrained?.() ?? false
        this.#tell({ type: 'constraintChanged', constrained })
      }),
    ]
  }

  get config(): EndpointConfig | undefined {
    return this.#config
  }

  get closed(): boolean {
    return this.#closing
  }

  get gate(): Gate {
    return gateOf(this.#scheduler)
  }

  /** Parts that may be under way at once now. */
  get slots(): number {
    return slotsOf(this.#scheduler)
  }

  setConfig(config: EndpointConfig): void {
    this.#config = config
    this.#rules = this.#makeRules()
    this.#tell({ type: 'configured' })
    // The scheduler knows nothing of cancelled uploads that only wait to be aborted.
    for (const [id, { state }] of this.#entries) {
      if (state.abandoned.length > 0) this.post(id, { type: 'woke', draw: 0 })
    }
  }

  /** The upload with this id, which must have been added. */
  stateOf(id: string): UploadState {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new UploadError('internal', `There is no upload ${id}`)
    return entry.state
  }

  /** Writes the record of a new upload and lets it go on once that is durable. */
  async add(state: UploadState, source: Source): Promise<void> {
    const { id } = state.file
    await this.#options.journal.write([uploadChange(state)])
    this.#entries.set(id, newEntry(state, source))
    this.post(id, { type: 'journaled', ticket: state.ticket })
  }

  /** Gives an upload the file that it misses. */
  attach(id: string, source: Source, ref: string | undefined): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    entry.source = source
    const { size, lastModified } = source
    this.post(id, { type: 'attached', size, lastModified, ref })
  }

  sourceOf(id: string): Source | undefined {
    return this.#entries.get(id)?.source
  }

  /** Takes a completed upload out of journal and memory. */
  drop(id: string): void {
    this.post(id, { type: 'forget' })
    this.#entries.delete(id)
  }

  /** Takes over an upload that the journal held. It goes on with `start`. */
  restore(state: UploadState): void {
    this.#entries.set(state.file.id, newEntry(state, undefined))
  }

  /** Lets the restored uploads go on, with what a background queue did in the meantime. */
  async start(): Promise<void> {
    if ('queue' in this.#options.transport) {
      const loading = import('./earlier-process.ts').then((loaded) => {
        this.#reattach = loaded.reattach
        this.#rules = this.#makeRules()
        return loaded
      })
      await this.#parts.reconcile((id) => this.#entries.get(id)?.state.generation, loading)
    }
    for (const id of this.#entries.keys()) this.post(id, { type: 'woke', draw: 0 })
    await this.#count(Promise.resolve())
  }

  /** Before anything follows from any of it: none begins because another one stopped. */
  postAll(ids: readonly string[], event: NewEvent): void {
    this.#send(ids.map((id) => ({ to: 'upload', id, event })))
  }

  post(id: string, event: NewEvent): void {
    this.#send([{ to: 'upload', id, event }])
  }

  /**
   * Stops all I/O. The journal keeps everything for the next time. Only the abort calls of what was
   * cancelled just now are given a moment: one that never goes out costs money.
   */
  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    for (const stop of this.#stopListening) stop()
    this.#files.stop()
    const entries = [...this.#entries.values()]
    const aborting = new Set(entries.filter(({ state }) => this.#isAborting(state)))
    for (const entry of entries) if (!aborting.has(entry)) stopWork(entry)
    // A background queue goes on without us: that is what it is for.
    if (!('queue' in this.#options.transport)) {
      const flights = entries.flatMap(({ state }) => state.multipart?.flights ?? [])
      await this.#parts.cancel(flights.map(({ taskId }) => taskId))
    }
    await Promise.all(entries.map(({ source }) => source?.close()))
    await this.#aborted(new Set(aborting))
    // Once the journal is closed it may be somebody else's, and so may the queue.
    await this.#journaled
    this.#closed = true
    for (const entry of aborting) stopWork(entry)
  }

  #isAborting(state: UploadState): boolean {
    if (state.outcome !== 'cancelled' || !this.#rules.canAbort || this.gate !== 'open') return false
    return state.call !== undefined || hasToAbort(state, this.#now())
  }

  #aborted(waiting: Set<Entry>): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancelTimer()
        resolve()
      }
      const cancelTimer = this.#options.platform.clock.setTimer(end, ABORT_GRACE_MS)
      this.#onDelivered = () => {
        for (const entry of waiting) if (!this.#isAborting(entry.state)) waiting.delete(entry)
        if (waiting.size === 0) end()
      }
      this.#onDelivered()
    })
  }

  #send(messages: readonly Message[]): void {
    if (this.#closed) return
    for (const message of messages) this.#inbox.push(message)
    if (this.#delivering) return
    this.#delivering = true
    for (let next = 0; next < this.#inbox.length; next += 1) {
      const message = this.#inbox[next]
      if (message !== undefined) this.#deliverSafely(message)
    }
    this.#inbox = []
    this.#delivering = false
  }

  /** One bug in one upload must not stop the others. */
  #deliverSafely(message: Message): void {
    try {
      if (message.to === 'upload') this.#deliver(message.id, message.event)
      else this.#deliverToScheduler(message.event)
    } catch (cause) {
      this.#reportBug(cause)
    }
  }

  #deliver(id: string, event: NewEvent): void {
    const entry = this.#entries.get(id)
    if (entry === undefined || (this.#closing && entry.state.outcome !== 'cancelled')) return
    const before = entry.state
    // It was made for this: a copy of each would cost as much as the transition.
    const timed = Object.assign(event, { now: this.#now() }) as UploadEvent
    const { state, effects } = transition(before, timed, this.#rules)
    entry.state = state
    for (const effect of effects) this.#run(entry, effect)
    if (state !== before) this.#options.onChange(state, before)
    this.#onDelivered()
  }

  #deliverToScheduler(event: SchedulerEvent): void {
    const before = this.gate
    const { state, effects } = schedule(this.#scheduler, event)
    const { window } = this.#scheduler
    const { slots } = this
    this.#scheduler = state
    if (state.window !== window || this.slots !== slots) this.#rules = this.#makeRules()
    if (this.slots !== slots) this.#options.onSlotsChange()
    for (const effect of effects) this.#runSchedulerEffect(effect)
    if (this.gate !== before) this.#options.onGateChange()
  }

  #runSchedulerEffect(effect: SchedulerEffect): void {
    switch (effect.type) {
      case 'admit':
        return this.post(effect.id, { type: 'admitted', gate: effect.gate })
      case 'grantSlot':
        return this.post(effect.id, { type: 'slotGranted', place: effect.place })
      case 'changeGate':
        for (const id of effect.ids) this.post(id, { type: 'gateChanged', gate: effect.gate })
    }
  }

  #run(entry: Entry, effect: UploadEffect): void {
    const { state } = entry
    const { id, order } = state.file
    switch (effect.type) {
      case 'journalUpload':
        return this.#journal([uploadChange(state)], () =>
          this.post(id, { type: 'journaled', ticket: effect.ticket }),
        )
      case 'journalPart': {
        const { taskId, generation, part, etag } = effect
        return this.#journal([{ key: partKey(id, generation, part), value: etag }], () => {
          if (taskId !== undefined) this.#watch(this.#parts.acknowledge([taskId]))
        })
      }
      case 'forgetParts':
        return this.#journal(partDeletions(id, effect.generation, effect.parts))
      case 'forgetUpload':
        return this.#journal([{ key: uploadKey(id) }])
      case 'releaseRef':
        return this.#options.kept.release(effect.ref, this.#written)
      case 'requestAdmission':
        return this.#tell({ type: 'admissionRequested', id, order })
      case 'withdraw':
        return this.#tell({ type: 'withdrawn', id })
      case 'wantSlot':
        return this.#tell({ ...effect, type: 'slotWanted', id })
      case 'releaseSlots':
        return this.#tell({ ...effect, type: 'slotsReleased', id })
      case 'keepSlots':
        return this.#tell({ ...effect, type: 'slotsKept', id, order })
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

  #journal(changes: readonly StoreChange[], then?: () => void): void {
    this.#written = this.#options.journal.write(changes)
    const written = this.#written.catch((error: UploadError) => {
      // Uploads go on without the journal; only a crash would cost what it does not hold.
      this.#options.onProblem(error)
    })
    // Writes are done in order, so the last one stands for all.
    this.#journaled = written.then(then).catch((cause: unknown) => this.#reportBug(cause))
    void this.#count(this.#journaled)
  }

  #setAlarm(entry: Entry, at: number): void {
    const { clock, random } = this.#options.platform
    const { id } = entry.state.file
    const ring = (): void => this.post(id, { type: 'woke', draw: random.draw('retry') })
    entry.cancelAlarm?.()
    entry.cancelAlarm =
      at === Number.POSITIVE_INFINITY ? undefined : clock.setTimer(ring, at - this.#now())
  }

  #tell(event: SchedulerEvent): void {
    this.#send([{ to: 'scheduler', event }])
  }

  /** Effects report what comes of them as events. Should one reject all the same, that is told. */
  #watch(work: Promise<unknown>): void {
    void this.#count(work.catch((cause: unknown) => this.#reportBug(cause)))
  }

  /** Tells the queue when nothing is left to do. What follows from `work` has begun when it ends. */
  async #count(work: Promise<unknown>): Promise<void> {
    if (!('queue' in this.#options.transport)) return
    this.#underWay += 1
    await work
    this.#underWay -= 1
    if (this.#underWay === 0 && !this.#closing) this.#parts.settled()
  }

  #reportBug(cause: unknown): void {
    this.#options.onProblem(new UploadError('internal', 'Something failed unexpectedly', { cause }))
  }

  #liftedQueue(): ReturnType<typeof foregroundQueue> {
    return foregroundQueue({
      concurrency: this.#options.policy.slots,
      // A foreground transport opens foreground sources.
      sourceOf: (task) =>
        this.#entries.get(parseTaskId(task.id).id)?.source as ForegroundSource | undefined,
    })
  }

  #makeRules(): Rules {
    return {
      ...this.#options.policy,
      slotsNow: this.slots,
      queueTasks: this.#scheduler.window?.tasks,
      reattach: this.#reattach,
      canList: this.#config?.listPartsApi !== undefined,
      canAbort: this.#config && this.#config.abortApi !== undefined,
      seesProgress: this.#options.transport.capabilities.progress,
      keepsFiles: this.#options.transport.release !== undefined,
    }
  }

  #requireConfig(): EndpointConfig {
    if (this.#config === undefined) throw new UploadError('config_missing', 'No configuration yet')
    return this.#config
  }

  #now(): number {
    return this.#options.platform.clock.now()
  }
}

function stopWork({ cancelAlarm, hashing, calls }: Entry): void {
  cancelAlarm?.()
  hashing?.abort()
  for (const call of calls?.values() ?? []) call.abort()
}

function uploadChange(state: UploadState): StoreChange {
  return { key: uploadKey(state.file.id), value: encodeUpload(recordOf(state)) }
}

function partDeletions(id: string, generation: number, parts: number): StoreChange[] {
  return Array.from({ length: parts }, (_, index) => ({ key: partKey(id, generation, index + 1) }))
}
