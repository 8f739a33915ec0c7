import { UploadError } from '../errors.ts'
import type { UploadState } from '../machine/upload-state.ts'
import { statusOf } from '../machine/view.ts'
import type { Clock } from '../ports.ts'
import { Aggregate, countsSame } from './aggregate.ts'
import { Listeners } from './listeners.ts'
import { Notifier } from './notifier.ts'
import type { AggregateSnapshot, Transfer, Upload } from './types.ts'
import { type HandleContext, UploadHandle } from './upload-handle.ts'

/** Speeds are looked at so often while something moves, even if nothing is heard of it. */
const TICK_MS = 1000

/** Some uploads together: a transfer, or all. */
class Group implements Transfer {
  readonly transferId: string
  readonly aggregate: Aggregate = new Aggregate()
  readonly members: UploadHandle[] = []
  readonly #context: HandleContext
  readonly #count: () => void
  readonly #listeners: Listeners

  constructor(transferId: string, context: HandleContext, count: () => void) {
    this.transferId = transferId
    this.#context = context
    this.#count = count
    this.#listeners = new Listeners(context.report)
  }

  /** Opening one file may take longer than another that was added later. */
  add(upload: UploadHandle): void {
    let at = this.members.length
    while (at > 0 && (this.members[at - 1]?.order ?? 0) > upload.order) at -= 1
    this.members.splice(at, 0, upload)
  }

  remove(upload: UploadHandle): void {
    const at = this.members.indexOf(upload)
    if (at >= 0) this.members.splice(at, 1)
  }

  uploads(): readonly Upload[] {
    return [...this.members]
  }

  getSnapshot = (): AggregateSnapshot => {
    const { clock, engine } = this.#context
    this.#count()
    return this.aggregate.snapshot(clock.now(), engine.slots)
  }

  subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)

  pause(): void {
    this.#postAll('pause')
  }

  resume(): void {
    this.#postAll('resume')
  }

  cancel(): void {
    this.#postAll('cancel')
  }

  notify(): void {
    this.#listeners.notify()
  }

  #postAll(type: 'pause' | 'resume' | 'cancel'): void {
    const ids = this.members.map(({ id }) => id)
    this.#context.engine.postAll(ids, { type })
  }
}

/** All uploads, their groups, and who hears of their changes. */
export class Roster {
  readonly all: Group
  readonly #context: HandleContext
  readonly #notifier: Notifier
  readonly #handles = new Map<string, UploadHandle>()
  readonly #transfers = new Map<string, Group>()
  readonly #moving = new Set<UploadHandle>()
  /** They changed since they were counted: sums are looked at less often than parts land. */
  readonly #uncounted = new Set<UploadHandle>()
  #cancelTick: (() => void) | undefined

  constructor(context: {
    readonly engine: HandleContext['engine']
    readonly clock: Clock
    readonly forget: HandleContext['forget']
    readonly report: (error: UploadError) => void
  }) {
    const { clock } = context
    const reportCause = (cause: unknown): void =>
      context.report(new UploadError('internal', 'A listener of the application threw', { cause }))
    this.#context = { ...context, report: reportCause }
    this.#notifier = new Notifier(clock, () => this.#count())
    this.all = this.#newGroup('')
  }

  add(state: UploadState): UploadHandle {
    const handle = new UploadHandle(state, this.#context)
    this.#handles.set(handle.id, handle)
    for (const group of this.#groupsOf(handle)) group.add(handle)
    this.#outdate(handle)
    return handle
  }

  get(id: string): UploadHandle | undefined {
    return this.#handles.get(id)
  }

  /** The upload is no longer one of ours. */
  remove(handle: UploadHandle): void {
    this.#unwatch(handle)
    this.#uncounted.delete(handle)
    this.#handles.delete(handle.id)
    for (const group of this.#groupsOf(handle)) {
      group.remove(handle)
      group.aggregate.change(handle.counted, undefined)
      this.#notifier.mark(group)
    }
  }

  uploads(): readonly UploadHandle[] {
    return [...this.all.members]
  }

  transfer(transferId: string): Transfer {
    return this.#group(transferId)
  }

  changed(state: UploadState, before: UploadState): void {
    const handle = this.#handles.get(state.file.id)
    // The first events of an upload come before anybody was given it.
    if (handle === undefined) return
    this.#outdate(handle)
    if (state.outcome !== before.outcome) handle.settle(state)
  }

  /** There are more slots than before, or fewer. */
  slotsChanged(): void {
    for (const group of [this.all, ...this.#transfers.values()]) this.#notifier.mark(group)
  }

  allChanged(): void {
    for (const handle of this.#handles.values()) this.#outdate(handle)
  }

  close(): void {
    this.#notifier.close()
    this.#cancelTick?.()
    for (const handle of this.#handles.values()) handle.close()
  }

  #outdate(handle: UploadHandle): void {
    handle.outdate()
    this.#uncounted.add(handle)
    this.#notifier.wake()
  }

  #count(): void {
    const now = this.#context.clock.now()
    for (const handle of this.#uncounted) {
      const { counted } = handle
      const state = handle.measure()
      handle.counted = state
      const groups = this.#mark(handle)
      if (counted !== undefined && countsSame(counted, state)) continue
      for (const { aggregate } of groups) {
        aggregate.change(counted, state)
        aggregate.tick(now)
      }
      const status = statusOf(state)
      if (status === 'uploading') this.#watch(handle)
      else if (status !== 'completing') this.#unwatch(handle)
    }
    this.#uncounted.clear()
  }

  #groupsOf({ transferId }: UploadHandle): Group[] {
    return transferId === undefined ? [this.all] : [this.all, this.#group(transferId)]
  }

  #group(transferId: string): Group {
    let group = this.#transfers.get(transferId)
    if (group === undefined) {
      group = this.#newGroup(transferId)
      this.#transfers.set(transferId, group)
    }
    return group
  }

  #newGroup(transferId: string): Group {
    return new Group(transferId, this.#context, () => this.#count())
  }

  /** Who listens to a group may show its uploads, and not all that they show is in the sums. */
  #mark(handle: UploadHandle): Group[] {
    const groups = this.#groupsOf(handle)
    for (const one of [handle, ...groups]) this.#notifier.mark(one)
    return groups
  }

  #watch(handle: UploadHandle): void {
    this.#moving.add(handle)
    this.#tickSoon()
  }

  /** What is over keeps no process alive. */
  #unwatch(handle: UploadHandle): void {
    if (!this.#moving.delete(handle) || this.#moving.size > 0) return
    this.#cancelTick?.()
    this.#cancelTick = undefined
  }

  #tick(): void {
    this.#cancelTick = undefined
    const now = this.#context.clock.now()
    for (const handle of this.#moving) {
      if (!handle.tick()) this.#moving.delete(handle)
      for (const { aggregate } of this.#mark(handle)) aggregate.tick(now)
    }
    if (this.#moving.size > 0) this.#tickSoon()
  }

  #tickSoon(): void {
    this.#cancelTick ??= this.#context.clock.setTimer(() => this.#tick(), TICK_MS)
  }
}
