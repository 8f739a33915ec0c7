import type { Landing } from './landing.ts'
import { enqueue, firstOf, type Queue, type Queued, withoutFirst } from './queue.ts'
import type { Gate } from './rules.ts'
import { smooth } from './signing.ts'
import { newSlotLimit, noteLanding, type SlotLimit } from './slot-limit.ts'
import { type InQueue, type Place, placeIn, type Window } from './window.ts'

/**
 * So many uploads work at once for every slot, and behind so many parts nobody needs good URLs yet:
 * enough to hide control calls behind PUTs.
 */
const AHEAD_PER_SLOT = 4

/** An upload that was admitted. */
interface Admitted extends Queued {
  readonly wants: boolean | 'aging'
  /** Its parts that still need a slot. */
  readonly left: number
  /** Slots it holds. */
  readonly held: number
  /** Bytes of a part, and how long its URLs live at least, in milliseconds. */
  readonly bytes: number
  readonly lifeMs: number
}

/** Over all uploads: who works, who gets the next slot, and what stops everybody. */
export interface SchedulerState {
  /** Parts under way at once. In a queue they are not limited by this, but by its window. */
  readonly limit: SlotLimit
  /** What the queue of a background transport takes; slots are places in it then. */
  readonly window: Window | undefined
  /** Measured, smoothed: how long the queue takes for what it holds, in milliseconds. */
  readonly msPerLoad: number | undefined
  readonly configured: boolean
  readonly online: boolean
  /** A constraint such as "Wi-Fi only" is broken. */
  readonly constrained: boolean
  readonly queue: Queue
  /** In the order of adding. */
  readonly admitted: readonly Admitted[]
  readonly held: number
}

export type SchedulerEvent =
  | { readonly type: 'admissionRequested'; readonly id: string; readonly order: number }
  | { readonly type: 'withdrawn'; readonly id: string }
  | {
      readonly type: 'slotWanted'
      readonly id: string
      readonly wants: boolean | 'aging'
      readonly left: number
      readonly bytes: number
      readonly lifeMs: number
    }
  | {
      readonly type: 'slotsReleased'
      readonly id: string
      readonly count: number
      readonly msPerLoad?: number | undefined
      readonly landing?: Landing | undefined
    }
  /** Parts of it are in a queue already, from before: it works, whoever else waits. */
  | {
      readonly type: 'slotsKept'
      readonly id: string
      readonly order: number
      readonly count: number
      readonly bytes: number
    }
  | { readonly type: 'windowChanged'; readonly window: Window }
  | { readonly type: 'configured' }
  | { readonly type: 'networkChanged'; readonly online: boolean }
  | { readonly type: 'constraintChanged'; readonly constrained: boolean }

export type SchedulerEffect =
  | { readonly type: 'admit'; readonly id: string; readonly gate: Gate }
  | { readonly type: 'announceSlot'; readonly id: string }
  | { readonly type: 'grantSlot'; readonly id: string; readonly place: Place | undefined }
  | { readonly type: 'changeGate'; readonly ids: readonly string[]; readonly gate: Gate }

export interface SchedulerTransition {
  readonly state: SchedulerState
  readonly effects: readonly SchedulerEffect[]
}

export function newScheduler(facts: {
  /** The most parts under way at once. */
  readonly slots: number
  readonly configured: boolean
  readonly online: boolean
  readonly constrained?: boolean | undefined
  readonly window?: Window | undefined
}): SchedulerState {
  const { slots, window, configured, online } = facts
  return {
    limit: newSlotLimit(slots),
    window,
    configured,
    online,
    msPerLoad: undefined,
    constrained: facts.constrained ?? false,
    queue: undefined,
    admitted: [],
    held: 0,
  }
}

/** How many parts may be under way at once now. */
export function slotsOf({ limit, window }: SchedulerState): number {
  return window === undefined ? limit.slots : limit.most
}

/** What keeps every upload from working. */
export function gateOf(state: SchedulerState): Gate {
  if (!state.configured) return 'config'
  if (!state.online) return 'network'
  return state.constrained ? 'constraint' : 'open'
}

export function schedule(state: SchedulerState, event: SchedulerEvent): SchedulerTransition {
  const effects: SchedulerEffect[] = []
  const noted = note(state, event)
  const gate = gateOf(noted)
  if (gate !== gateOf(state)) {
    effects.push({ type: 'changeGate', ids: noted.admitted.map(({ id }) => id), gate })
  }
  if (event.type === 'slotsKept') effects.push({ type: 'admit', id: event.id, gate })
  if (gate !== 'open') return { state: noted, effects }
  const granted = grantSlots(admit(noted, effects), effects)
  announceSlots(granted, effects)
  return { state: granted, effects }
}

function note(state: SchedulerState, event: SchedulerEvent): SchedulerState {
  switch (event.type) {
    case 'admissionRequested':
      return { ...state, queue: enqueue(state.queue, { id: event.id, order: event.order }) }
    case 'withdrawn': {
      const held = state.admitted.find(({ id }) => id === event.id)?.held ?? 0
      return {
        ...state,
        held: state.held - held,
        admitted: state.admitted.filter(({ id }) => id !== event.id),
      }
    }
    case 'slotWanted':
      return change(state, event.id, (upload) => ({
        ...upload,
        wants: event.wants,
        left: event.left,
        bytes: event.bytes,
        lifeMs: event.lifeMs,
      }))
    case 'slotsReleased': {
      const upload = state.admitted.find(({ id }) => id === event.id)
      const count = Math.min(event.count, upload?.held ?? 0)
      const { msPerLoad } = event
      const measured =
        msPerLoad === undefined ? state.msPerLoad : smooth(state.msPerLoad, msPerLoad)
      const { landing } = event
      const limit =
        landing === undefined || state.window !== undefined
          ? state.limit
          : noteLanding(state.limit, landing, state.held)
      const released = { ...state, limit, held: state.held - count, msPerLoad: measured }
      return change(released, event.id, (held) => ({ ...held, held: held.held - count }))
    }
    case 'slotsKept': {
      const { id, order, count, bytes } = event
      const kept: Admitted = { ...newlyAdmitted({ id, order }), held: count, bytes }
      return { ...state, held: state.held + count, admitted: inOrder([...state.admitted, kept]) }
    }
    case 'windowChanged':
      // A window that nothing fits into would stop everything for good.
      return { ...state, window: { ...event.window, tasks: Math.max(1, event.window.tasks) } }
    case 'configured':
      return { ...state, configured: true }
    case 'networkChanged':
      return { ...state, online: event.online }
    case 'constraintChanged':
      return { ...state, constrained: event.constrained }
  }
}

function change(
  state: SchedulerState,
  id: string,
  by: (upload: Admitted) => Admitted,
): SchedulerState {
  return {
    ...state,
    admitted: state.admitted.map((upload) => (upload.id === id ? by(upload) : upload)),
  }
}

function admit(state: SchedulerState, effects: SchedulerEffect[]): SchedulerState {
  let { queue, admitted } = state
  // Files of one part each fill a queue only if there are as many of them.
  const most = Math.max(state.limit.most * AHEAD_PER_SLOT, state.window?.tasks ?? 0)
  while (queue !== undefined && admitted.length < most) {
    const { id, order } = firstOf(queue)
    queue = withoutFirst(queue)
    admitted = inOrder([...admitted, newlyAdmitted({ id, order })])
    effects.push({ type: 'admit', id, gate: 'open' })
  }
  // Most events admit nobody, and a copy costs as much as the rest of them.
  return queue === state.queue ? state : { ...state, queue, admitted }
}

function newlyAdmitted(upload: Queued): Admitted {
  const lifeMs = Number.POSITIVE_INFINITY
  return { ...upload, wants: false, left: 0, held: 0, bytes: 0, lifeMs }
}

function inOrder(admitted: Admitted[]): readonly Admitted[] {
  return admitted.sort((a, b) => a.order - b.order)
}

/** The oldest upload first: files are done one after the other, and their parts in parallel. */
function grantSlots(state: SchedulerState, effects: SchedulerEffect[]): SchedulerState {
  // One slot at a time: the upload answers every grant with whether it wants another one.
  const { window, held } = state
  const slots = slotsOf(state)
  const isFull = held >= (window?.tasks ?? slots)
  const upload = isFull ? undefined : state.admitted.find(({ wants }) => wants)
  if (upload === undefined) return state
  const place = window && placeIn(window, queuedIn(state), state.msPerLoad, slots, upload)
  // It waits, and so do the younger ones: what is done next makes room.
  if (window !== undefined && place === undefined) return state
  effects.push({ type: 'grantSlot', id: upload.id, place })
  return change({ ...state, held: state.held + 1 }, upload.id, (granted) => ({
    ...granted,
    wants: false,
    held: granted.held + 1,
  }))
}

/** To those whose URLs are aging, until so many parts come before that there is time enough. */
function announceSlots({ admitted, limit }: SchedulerState, effects: SchedulerEffect[]): void {
  let before = 0
  for (const { id, wants, left } of admitted) {
    if (before >= AHEAD_PER_SLOT * limit.slots) return
    if (wants === 'aging') effects.push({ type: 'announceSlot', id })
    before += left
  }
}

/** As if all parts of an upload were as long as the first one: the last one may be shorter. */
function queuedIn({ held, admitted }: SchedulerState): InQueue {
  return { parts: held, bytes: admitted.reduce((sum, { held, bytes }) => sum + held * bytes, 0) }
}
