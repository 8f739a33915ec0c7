import { type Admitted, newlyAdmitted, replaceAdmitted, withAdmitted } from './admitted.ts'
import type { Landing } from './landing.ts'
import { enqueue, firstOf, type Queue, withoutFirst } from './queue.ts'
import type { Gate } from './rules.ts'
import { smooth } from './signing.ts'
import { newSlotLimit, noteLanding, type SlotLimit } from './slot-limit.ts'
import { type InQueue, type Place, placeIn, type Window } from './window.ts'

/**
 * So many uploads work at once for every slot, and behind so many parts nobody needs good URLs yet:
 * enough to hide control calls behind PUTs.
 */
const AHEAD_PER_SLOT = 4

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
      readonly type: 'slotsWanted'
      readonly id: string
      readonly slots: number
      readonly aging: boolean
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
      return { ...state, queue: enqueue(state.queue, event) }
    case 'withdrawn': {
      const { admitted, held } = state
      const upload = findAdmitted(state, event.id)
      return upload === undefined
        ? state
        : {
            ...state,
            held: held - upload.held,
            admitted: admitted.filter((other) => other !== upload),
          }
    }
    case 'slotsWanted': {
      const upload = findAdmitted(state, event.id)
      if (upload === undefined) return state
      const { slots, aging, left, bytes, lifeMs } = event
      return replace(state, upload, { ...upload, wants: slots, aging, left, bytes, lifeMs })
    }
    case 'slotsReleased': {
      const upload = findAdmitted(state, event.id)
      const count = Math.min(event.count, upload?.held ?? 0)
      const { msPerLoad, landing } = event
      const released: SchedulerState = {
        ...state,
        limit:
          landing === undefined || state.window !== undefined
            ? state.limit
            : noteLanding(state.limit, landing, state.held),
        held: state.held - count,
        msPerLoad: msPerLoad === undefined ? state.msPerLoad : smooth(state.msPerLoad, msPerLoad),
      }
      return upload === undefined
        ? released
        : replace(released, upload, { ...upload, held: upload.held - count })
    }
    case 'slotsKept': {
      const { count, bytes } = event
      const kept: Admitted = { ...newlyAdmitted(event), held: count, bytes }
      const admitted = withAdmitted(state.admitted, kept)
      return { ...state, held: state.held + count, admitted }
    }
    case 'windowChanged': {
      // A window that nothing fits into would stop everything for good.
      const tasks = Math.max(1, event.window.tasks)
      return { ...state, window: { ...event.window, tasks } }
    }
    case 'configured':
      return { ...state, configured: true }
    case 'networkChanged':
      return { ...state, online: event.online }
    case 'constraintChanged':
      return { ...state, constrained: event.constrained }
  }
}

function findAdmitted({ admitted }: SchedulerState, id: string): Admitted | undefined {
  return admitted.find((upload) => upload.id === id)
}

function replace(state: SchedulerState, upload: Admitted, by: Admitted): SchedulerState {
  return { ...state, admitted: replaceAdmitted(state.admitted, upload, by) }
}

function admit(state: SchedulerState, effects: SchedulerEffect[]): SchedulerState {
  let { queue, admitted } = state
  // Files of one part each fill a queue only if there are as many of them.
  const most = Math.max(state.limit.most * AHEAD_PER_SLOT, state.window?.tasks ?? 0)
  while (queue !== undefined && admitted.length < most) {
    const first = firstOf(queue)
    queue = withoutFirst(queue)
    admitted = withAdmitted(admitted, newlyAdmitted(first))
    effects.push({ type: 'admit', id: first.id, gate: 'open' })
  }
  // Most events admit nobody, and a copy costs as much as the rest of them.
  return queue === state.queue ? state : { ...state, queue, admitted }
}

/** The oldest upload first: files are done one after the other, and their parts in parallel. */
function grantSlots(before: SchedulerState, effects: SchedulerEffect[]): SchedulerState {
  let state = before
  const { window } = state
  const slots = slotsOf(state)
  while (state.held < (window?.tasks ?? slots)) {
    const upload = state.admitted.find(({ wants }) => wants > 0)
    if (upload === undefined) return state
    const place = window && placeIn(window, queuedIn(state), state.msPerLoad, slots, upload)
    // It waits, and so do the younger ones: what is done next makes room.
    if (window !== undefined && place === undefined) return state
    effects.push({ type: 'grantSlot', id: upload.id, place })
    const { wants, left, held } = upload
    const granted = { ...upload, wants: wants - 1, left: left - 1, held: held + 1 }
    state = {
      ...state,
      held: state.held + 1,
      admitted: replaceAdmitted(state.admitted, upload, granted),
    }
  }
  return state
}

/** To those whose URLs are aging, until so many parts come before that there is time enough. */
function announceSlots({ admitted, limit }: SchedulerState, effects: SchedulerEffect[]): void {
  let before = 0
  for (const { id, aging, left } of admitted) {
    if (before >= AHEAD_PER_SLOT * limit.slots) return
    if (aging) effects.push({ type: 'announceSlot', id })
    before += left
  }
}

/** As if all parts of an upload were as long as the first one: the last one may be shorter. */
function queuedIn({ held, admitted }: SchedulerState): InQueue {
  return { parts: held, bytes: admitted.reduce((sum, { held, bytes }) => sum + held * bytes, 0) }
}
