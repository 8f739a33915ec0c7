import pLimit from 'p-limit'
import { type ControlCall, UploadError } from '../errors.ts'
import { listEtags } from '../machine/etag-table.ts'
import { recordOf } from '../machine/restore.ts'
import {
  gateOf,
  newScheduler,
  type SchedulerEffect,
  type SchedulerEvent,
  type SchedulerState,
  schedule,
} from '../machine/scheduler.ts'
import { transition } from '../machine/transition.ts'
import type { UploadEffect } from '../machine/upload-effect.ts'
import type { UploadEvent } from '../machine/upload-event.ts'
import type { Gate, Rules, UploadState } from '../machine/upload-state.ts'
import type {
  ForegroundSource,
  Json,
  PartQueue,
  PartTaskStatus,
  Platform,
  Source,
  StoreChange,
  Transport,
} from '../ports.ts'
import { type BackendClient, createBackendClient } from '../protocol/backend-client.ts'
import type { EndpointConfig } from '../protocol/config.ts'
import type { Answer } from '../protocol/control-call.ts'
import { foregroundQueue } from './foreground-queue.ts'
import { hashSource } from './hash-source.ts'
import type { Journal } from './journal.ts'
import { fileFailure, putFailure } from './local-failure.ts'
import { readPutOutcome } from './put-outcome.ts'
import { encodeUpload, partKey, uploadKey } from './records.ts'
import { parseTaskId } from './task-id.ts'

/** Files hashed at the same time: more would only make the disk seek. */
const HASHERS = 2

/** Far above what the scheduler admits: a hard cap, should it ever be wrong. */
const CONTROL_CALLS = 256

/** An event of the upload machine, before the engine adds the time. */
type Timeless<T> = T extends unknown ? Omit<T, 'now'> : never
type NewEvent = Timeless<UploadEvent>

type Message =
  | { readonly to: 'upload'; readonly id: string; readonly event: NewEvent }
  | { readonly to: 'scheduler'; readonly event: SchedulerEvent }

interface Entry {
  state: UploadState
  source: Source | undefined
  hashing: AbortController | undefined
  /** Control calls under way, by ticket. */
  calls: Map<number, AbortController> | undefined
  cancelAlarm: (() => void) | undefined
}

export interface EngineOptions<TFile> {
  readonly transport: Transport<TFile>
  readonly platform: Platform
  readonly journal: Journal
  readonly rules: Omit<Rules, 'canList' | 'canAbort' | 'seesProgress'>
  readonly config: EndpointConfig | undefined
  /** The upload's state changed. */
  readonly onChange: (id: string) => void
  /** The gate that concerns all uploads changed. */
  readonly onGateChange: () => void
  readonly onProblem: (error: UploadError) => void
}

/**
 * Runs effects: one effect becomes one call of a port, and what comes of it becomes one event. It
 * decides nothing; the machines do.
 */
export class Engine<TFile> {
  readonly #options: EngineOptions<TFile>
  readonly #entries = new Map<string, Entry>()
  readonly #backend: BackendClient
  readonly #queue: PartQueue
  readonly #hashLimit = pLimit(HASHERS)
  readonly #callLimit = pLimit(CONTROL_CALLS)
  readonly #stopListening: (() => void)[] = []
  #config: EndpointConfig | undefined
  #rules: Rules
  #scheduler: SchedulerState
  #inbox: Message[] = []
  #draining = false
  #closed = false

  constructor(options: EngineOptions<TFile>) {
    const { transport, platform, config, rules } = options
    this.#options = options
    this.#config = config
    this.#rules = rulesOf(options, config)
    this.#scheduler = newScheduler({
      slots: rules.slots,
      configured: config !== undefined,
      online: platform.network.isOnline(),
    })
    this.#backend = createBackendClient({
      fetch: platform.fetch,
      clock: platform.clock,
      config: () => this.#requireConfig(),
    })
    this.#queue =
      'queue' in transport
        ? transport.queue
        : foregroundQueue({
            concurrency: rules.slots,
            // A foreground transport opens foreground sources.
            sourceOf: ({ id }) =>
              this.#entries.get(parseTaskId(id).id)?.source as ForegroundSource | undefined,
          })
    this.#stopListening.push(
      this.#queue.subscribe((status) => this.#hearOfTask(status)),
      platform.network.subscribe(() => {
        const online = platform.network.isOnline()
        this.#post({ to: 'scheduler', event: { type: 'networkChanged', online } })
      }),
    )
  }

  get config(): EndpointConfig | undefined {
    return this.#config
  }

  get gate(): Gate {
    return gateOf(this.#scheduler)
  }

  setConfig(config: EndpointConfig): void {
    this.#config = config
    this.#rules = rulesOf(this.#options, config)
    this.#post({ to: 'scheduler', event: { type: 'configured' } })
  }

  /** The upload with this id, which must have been added. */
  stateOf(id: string): UploadState {
    return this.#entry(id).state
  }

  /** Writes the record of a new upload and lets it go on once that is durable. */
  async add(state: UploadState, source: Source): Promise<void> {
    const { id } = state.file
    await this.#options.journal.write([uploadChange(state)])
    this.#entries.set(id, newEntry(state, source))
    this.post(id, { type: 'journaled', ticket: state.ticket })
  }

  /** Takes over an upload that the journal held. It goes on with the first event. */
  restore(state: UploadState): void {
    this.#entries.set(state.file.id, newEntry(state, undefined))
  }

  post(id: string, event: NewEvent): void {
    this.#post({ to: 'upload', id, event })
  }

  /** Stops all I/O. The journal keeps everything for the next time. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const stop of this.#stopListening) stop()
    const flights: string[] = []
    for (const entry of this.#entries.values()) {
      entry.cancelAlarm?.()
      entry.hashing?.abort()
      for (const call of entry.calls?.values() ?? []) call.abort()
      for (const { taskId } of entry.state.multipart?.flights ?? []) flights.push(taskId)
    }
    // A background queue goes on without us: that is what it is for.
    if (!('queue' in this.#options.transport)) await this.#queue.cancel(flights)
    await Promise.all([...this.#entries.values()].map((entry) => this.#closeSource(entry)))
  }

  #post(message: Message): void {
    if (this.#closed) return
    this.#inbox.push(message)
    if (this.#draining) return
    this.#draining = true
    try {
      for (let next = 0; next < this.#inbox.length; next += 1) {
        const message = this.#inbox[next]
        if (message !== undefined) this.#deliverSafely(message)
      }
    } finally {
      this.#inbox = []
      this.#draining = false
    }
  }

  /** One bug in one upload must not stop the others. */
  #deliverSafely(message: Message): void {
    try {
      this.#deliver(message)
    } catch (cause) {
      this.#options.onProblem(
        new UploadError('internal', 'An event could not be handled', { cause }),
      )
    }
  }

  #deliver(message: Message): void {
    if (message.to === 'scheduler') {
      const before = this.gate
      const { state, effects } = schedule(this.#scheduler, message.event)
      this.#scheduler = state
      for (const effect of effects) this.#runSchedulerEffect(effect)
      if (this.gate !== before) this.#options.onGateChange()
      return
    }
    const entry = this.#entries.get(message.id)
    if (entry === undefined) return
    const before = entry.state
    const event = { ...message.event, now: this.#now() } as UploadEvent
    const { state, effects } = transition(before, event, this.#rules)
    entry.state = state
    for (const effect of effects) this.#runEffect(entry, effect)
    if (state !== before) this.#options.onChange(message.id)
  }

  #runSchedulerEffect(effect: SchedulerEffect): void {
    switch (effect.type) {
      case 'admit':
        return this.post(effect.id, { type: 'admitted', gate: effect.gate })
      case 'grantSlot':
        return this.post(effect.id, { type: 'slotGranted' })
      case 'changeGate':
        for (const id of effect.ids) this.post(id, { type: 'gateChanged', gate: effect.gate })
    }
  }

  #runEffect(entry: Entry, effect: UploadEffect): void {
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
          if (taskId !== undefined) this.#attempt(this.#queue.acknowledge([taskId]))
        })
      }
      case 'forgetParts':
        return this.#journal(partDeletions(id, effect.generation, effect.parts))
      case 'forgetUpload':
        return this.#journal([{ key: uploadKey(id) }])
      case 'requestAdmission':
        return this.#tell({ type: 'admissionRequested', id, order })
      case 'withdraw':
        return this.#tell({ type: 'withdrawn', id })
      case 'wantSlot':
        return this.#tell({ type: 'slotWanted', id, wants: effect.wants })
      case 'releaseSlots':
        return this.#tell({ type: 'slotsReleased', id, count: effect.count })
      case 'openSource':
        return this.#attempt(this.#openSource(entry))
      case 'closeSource':
        return this.#attempt(this.#closeSource(entry))
      case 'hash':
        return this.#attempt(this.#hash(entry, effect.ticket))
      case 'stopHash':
        return entry.hashing?.abort()
      case 'callStart':
      case 'callUrls':
      case 'callList':
      case 'callComplete':
      case 'callAbort':
        return this.#callBackend(entry, effect)
      case 'dropCall':
        return entry.calls?.get(effect.ticket)?.abort()
      case 'put':
        return this.#put(state, effect)
      case 'cancelPuts':
        return this.#attempt(this.#queue.cancel(effect.taskIds))
      case 'wake':
        return this.#setAlarm(entry, effect.at)
    }
  }

  #journal(changes: readonly StoreChange[], then?: () => void): void {
    this.#options.journal.write(changes).then(
      () => then?.(),
      (error: UploadError) => {
        // Uploads go on without the journal; only a crash would cost what it does not hold.
        this.#options.onProblem(error)
        then?.()
      },
    )
  }

  async #openSource(entry: Entry): Promise<void> {
    const { file } = entry.state
    const { transport } = this.#options
    try {
      if (entry.source === undefined || file.ref !== undefined) {
        if (file.ref === undefined || transport.reopen === undefined) {
          const message = `${file.name} cannot be opened again by itself`
          throw new UploadError('file_not_found', message)
        }
        await this.#closeSource(entry)
        const source = await transport.reopen(JSON.parse(file.ref) as Json)
        if (this.#closed || entry.state.source !== 'opening') return await source.close()
        entry.source = source
      }
      const { size, lastModified } = entry.source
      this.post(file.id, { type: 'opened', size, lastModified })
    } catch (error) {
      this.post(file.id, { type: 'openFailed', failure: fileFailure(error) })
    }
  }

  async #closeSource(entry: Entry): Promise<void> {
    const { source } = entry
    if (source === undefined) return
    const { file, outcome } = entry.state
    // Without a ref it could never be opened again.
    if (file.ref === undefined && outcome === undefined && !this.#closed) return
    entry.source = undefined
    await source.close()
  }

  async #hash(entry: Entry, ticket: number): Promise<void> {
    const { id } = entry.state.file
    const { source } = entry
    const abort = new AbortController()
    entry.hashing = abort
    try {
      if (source === undefined) throw new UploadError('internal', 'The file is not open')
      const hash = await this.#hashLimit(() =>
        hashSource(source, this.#options.platform.hasher, abort.signal, (bytes) =>
          this.post(id, { type: 'hashProgressed', ticket, bytes }),
        ),
      )
      this.post(id, { type: 'hashed', ticket, hash })
    } catch (error) {
      this.post(id, { type: 'hashFailed', ticket, failure: fileFailure(error) })
    }
  }

  #callBackend(entry: Entry, effect: Extract<UploadEffect, { type: `call${string}` }>): void {
    const { file, hash, multipart } = entry.state
    const { ticket } = effect
    const name = { key: multipart?.key ?? '', uploadId: multipart?.uploadId ?? '' }
    switch (effect.type) {
      case 'callStart': {
        const request = {
          fileName: file.name,
          fileHash: hash ?? '',
          fileSize: file.size,
          userParams: file.userParams === undefined ? {} : JSON.parse(file.userParams),
        }
        return this.#call(entry, 'start', ticket, {
          send: (signal) => this.#backend.start(request, signal),
          event: (answer) => ({ type: 'started', ticket, ...answer }),
        })
      }
      case 'callUrls':
        return this.#call(entry, 'urls', ticket, {
          send: (signal) => this.#backend.urls({ ...name, parts: effect.parts }, signal),
          event: (urls) => ({ type: 'signed', ticket, urls, draw: this.#draw('sign') }),
        })
      case 'callList':
        return this.#call(entry, 'list', ticket, {
          send: (signal) => this.#backend.list(name, signal),
          event: (parts) => ({ type: 'listed', ticket, parts }),
        })
      case 'callComplete': {
        const parts = multipart === undefined ? [] : listEtags(multipart.confirmed)
        return this.#call(entry, 'complete', ticket, {
          send: (signal) => this.#backend.complete({ ...name, parts }, signal),
          event: () => ({ type: 'completed', ticket }),
        })
      }
      case 'callAbort':
        return this.#call(entry, 'abort', ticket, {
          send: (signal) =>
            this.#backend.abort({ key: effect.key, uploadId: effect.uploadId }, signal),
          event: () => ({ type: 'aborted', ticket }),
        })
    }
  }

  #call<T>(
    entry: Entry,
    call: ControlCall,
    ticket: number,
    plan: {
      readonly send: (signal: AbortSignal) => Promise<Answer<T>>
      readonly event: (answer: T) => NewEvent
    },
  ): void {
    const { id } = entry.state.file
    const abort = new AbortController()
    entry.calls ??= new Map()
    entry.calls.set(ticket, abort)
    this.#attempt(
      this.#callLimit(() => plan.send(abort.signal)).then((answer) => {
        entry.calls?.delete(ticket)
        if (answer.ok) return this.post(id, plan.event(answer.value))
        const { failure } = answer
        this.post(id, { type: 'callFailed', call, ticket, failure, draw: this.#draw('retry') })
      }),
    )
  }

  #put(state: UploadState, effect: Extract<UploadEffect, { type: 'put' }>): void {
    const { taskId, url, start, end } = effect
    const ref = state.file.ref === undefined ? null : (JSON.parse(state.file.ref) as Json)
    this.#queue
      .enqueue([{ id: taskId, url, range: { start, end }, ref }])
      .catch((error: unknown) => this.#hearOfTask({ id: taskId, state: 'broken', error }))
  }

  #hearOfTask(status: PartTaskStatus): void {
    const { id, generation, part } = parseTaskId(status.id)
    const taskId = status.id
    switch (status.state) {
      case 'waiting':
        return
      case 'running':
        return this.post(id, { type: 'partProgressed', taskId, sentBytes: status.sentBytes })
      case 'broken': {
        const failure = putFailure(status.error, part)
        return this.post(id, { type: 'partFailed', taskId, failure, draw: this.#draw('retry') })
      }
      case 'answered': {
        const mode = this.#config?.etag ?? 'unquoted'
        const wall = this.#options.platform.clock.wall()
        const outcome = readPutOutcome(status.response, part, mode, wall)
        if (outcome.ok) {
          const { etag } = outcome
          return this.post(id, { type: 'partConfirmed', taskId, part, generation, etag })
        }
        const { failure } = outcome
        return this.post(id, { type: 'partFailed', taskId, failure, draw: this.#draw('retry') })
      }
    }
  }

  #setAlarm(entry: Entry, at: number): void {
    const { id } = entry.state.file
    entry.cancelAlarm?.()
    entry.cancelAlarm =
      at === Number.POSITIVE_INFINITY
        ? undefined
        : this.#options.platform.clock.setTimer(
            () => this.post(id, { type: 'woke', draw: this.#draw('retry') }),
            at - this.#now(),
          )
  }

  #tell(event: SchedulerEvent): void {
    this.#post({ to: 'scheduler', event })
  }

  /** What must not fail: if it does all the same, it is reported instead of lost. */
  #attempt(work: Promise<unknown>): void {
    work.catch((cause: unknown) => {
      this.#options.onProblem(new UploadError('internal', 'A port failed unexpectedly', { cause }))
    })
  }

  #requireConfig(): EndpointConfig {
    if (this.#config === undefined) throw new UploadError('config_missing', 'No configuration yet')
    return this.#config
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new UploadError('internal', `There is no upload ${id}`)
    return entry
  }

  #now(): number {
    return this.#options.platform.clock.now()
  }

  #draw(name: string): number {
    return this.#options.platform.random.draw(name)
  }
}

function rulesOf(
  {
    rules,
    transport,
  }: Pick<EngineOptions<unknown>, 'rules'> & {
    readonly transport: { readonly capabilities: { readonly progress: boolean } }
  },
  config: EndpointConfig | undefined,
): Rules {
  return {
    ...rules,
    canList: config?.listPartsApi !== undefined,
    canAbort: config?.abortApi !== undefined,
    seesProgress: transport.capabilities.progress,
  }
}

function newEntry(state: UploadState, source: Source | undefined): Entry {
  return { state, source, hashing: undefined, calls: undefined, cancelAlarm: undefined }
}

function uploadChange(state: UploadState): StoreChange {
  return { key: uploadKey(state.file.id), value: encodeUpload(recordOf(state)) }
}

function partDeletions(id: string, generation: number, parts: number): StoreChange[] {
  return Array.from({ length: parts }, (_, index) => ({ key: partKey(id, generation, index + 1) }))
}
