import { UploadError } from '../errors.ts'
import { hasToAbort } from '../machine/abandoned.ts'
import type { Gate, Rules } from '../machine/rules.ts'
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
import type { UploadEvent } from '../machine/upload-event.ts'
import type { UploadState } from '../machine/upload-state.ts'
import type { Source } from '../ports.ts'
import type { EndpointConfig } from '../protocol/config.ts'
import { type EffectPorts, Effects, stopWork } from './effects.ts'
import { type Entry, type NewEvent, newEntry } from './entry.ts'
import { newInbox } from './inbox.ts'
import { lastAborts } from './last-aborts.ts'
import { uploadChange } from './records.ts'
import { unforeseen } from './unforeseen.ts'

/** To an upload or, without an id, to the scheduler. */
type Message =
  | { readonly id: string; readonly event: NewEvent }
  | { readonly id?: undefined; readonly event: SchedulerEvent }

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

export interface EngineOptions<TFile> extends EffectPorts<TFile> {
  /** What of the rules does not follow from configuration and transport. */
  readonly policy: Pick<Rules, 'retry' | 'stallMs' | 'restarts' | 'slots'>
  readonly config: EndpointConfig | undefined
  /** An upload's state changed. */
  readonly onChange: (state: UploadState, before: UploadState) => void
  /** The gate that concerns all uploads changed. */
  readonly onGateChange: () => void
  /** The number of slots changed. */
  readonly onSlotsChange: () => void
}

/**
 * Holds the states of all uploads and takes events to the machines: first the state that one makes of
 * an event, then its effects. It decides nothing; the machines do.
 */
export class Engine<TFile> {
  readonly #options: EngineOptions<TFile>
  readonly #entries = new Map<string, Entry>()
  readonly #effects: Effects<TFile>
  readonly #inbox = newInbox<Message>((message) => this.#deliverSafely(message))
  readonly #stopListening: () => void
  #config: EndpointConfig | undefined
  #rules: Rules
  #reattach: Rules['reattach']
  #scheduler: SchedulerState
  #closing = false
  #closed = false
  #onDelivered: () => void = () => {}

  constructor(options: EngineOptions<TFile>) {
    const { transport, platform, config, policy } = options
    const { network } = platform
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
    this.#effects = new Effects({
      ...options,
      concurrency: policy.slots,
      config: () => this.#config,
      entries: this.#entries,
      post: (id, event) => this.post(id, event),
      tell: (event) => this.#tell(event),
    })
    this.#stopListening = network.subscribe(() => {
      this.#tell({ type: 'networkChanged', online: network.isOnline() })
      const constrained = network.isConstrained?.() ?? false
      this.#tell({ type: 'constraintChanged', constrained })
    })
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
      await this.#effects.reconcile(loading)
    }
    for (const id of this.#entries.keys()) this.post(id, { type: 'woke', draw: 0 })
    await this.#effects.count()
  }

  /** Before anything follows from any of it: none begins because another one stopped. */
  postAll(ids: readonly string[], event: NewEvent): void {
    this.#send(ids.map((id) => ({ id, event })))
  }

  post(id: string, event: NewEvent): void {
    this.#send([{ id, event }])
  }

  /**
   * Stops all I/O. The journal keeps everything for the next time. Only the abort calls of what was
   * cancelled just now are given a moment: one that never goes out costs money.
   */
  async close(): Promise<void> {
    this.#closing = true
    this.#stopListening()
    const isAborting = (entry: Entry): boolean => this.#isAborting(entry)
    const aborting = new Set([...this.#entries.values()].filter(isAborting))
    await this.#effects.stop(aborting)
    await lastAborts(aborting, isAborting, this.#options.platform.clock, (look) => {
      this.#onDelivered = look
    })
    // Once the journal is closed it may be somebody else's, and so may the queue.
    await this.#effects.journaled()
    this.#closed = true
    for (const entry of aborting) stopWork(entry)
  }

  #isAborting({ state }: Entry): boolean {
    if (state.outcome !== 'cancelled' || !this.#rules.canAbort || this.gate !== 'open') return false
    return state.call !== undefined || hasToAbort(state, this.#now())
  }

  #send(messages: readonly Message[]): void {
    if (!this.#closed) this.#inbox(messages)
  }

  /** One bug in one upload must not stop the others. */
  #deliverSafely(message: Message): void {
    try {
      if (message.id === undefined) this.#deliverToScheduler(message.event)
      else this.#deliver(message.id, message.event)
    } catch (cause) {
      this.#options.onProblem(unforeseen(cause))
    }
  }

  #deliver(id: string, event: NewEvent): void {
    const entry = this.#entries.get(id)
    if (entry === undefined || (this.#closing && entry.state.outcome !== 'cancelled')) return
    const before = entry.state
    // It was made for this: a copy of each would cost as much as the transition.
    const timed = event as Mutable<UploadEvent>
    timed.now = this.#now()
    const { state, effects } = transition(before, timed, this.#rules)
    entry.state = state
    for (const effect of effects) this.#effects.run(entry, effect)
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
      case 'announceSlot':
        return this.post(effect.id, { type: 'slotAnnounced' })
      case 'grantSlot':
        return this.post(effect.id, { type: 'slotGranted', place: effect.place })
      case 'changeGate':
        for (const id of effect.ids) this.post(id, { type: 'gateChanged', gate: effect.gate })
    }
  }

  #tell(event: SchedulerEvent): void {
    this.#send([{ event }])
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

  #now(): number {
    return this.#options.platform.clock.now()
  }
}
