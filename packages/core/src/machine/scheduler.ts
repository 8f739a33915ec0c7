import { enqueue, firstOf, type Queue, type Queued, withoutFirst } from './queue.ts'
import type { Gate } from './upload-state.ts'

/** So many uploads work at once for every slot: enough to hide control calls behind PUTs. */
const UPLOADS_PER_SLOT = 4

/** An upload that was admitted. */
interface Admitted extends Queued {
  readonly wants: boolean
  /** Slots it holds. */
  readonly held: number
}

/** Over all uploads: who works, who gets the next slot, and what stops everybody. */
export interface SchedulerState {
  readonly slots: number
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
  | { readonly type: 'slotWanted'; readonly id: string; readonly wants: boolean }
  | { readonly type: 'slotsReleased'; readonly id: string; readonly count: number }
  | { readonly type: 'configured' }
  | { readonly type: 'networkChanged'; readonly online: boolean }
  | { readonly type: 'constraintChanged'; readonly constrained: boolean }

export type SchedulerEffect =
  | { readonly type: 'admit'; readonly id: string; readonly gate: Gate }
  | { readonly type: 'grantSlot'; readonly id: string }
  | { readonly type: 'changeGate'; readonly ids: readonly string[]; readonly gate: Gate }

export interface SchedulerTransition {
  readonly state: SchedulerState
  readonly effects: readonly SchedulerEffect[]
}

export function newScheduler(facts: {
  readonly slots: number
  readonly configured: boolean
  readonly online: boolean
}): SchedulerState {
  return { ...facts, constrained: false, queue: undefined, admitted: [], held: 0 }
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
  if (gate !== 'open') return { state: noted, effects }
  return { state: grantSlots(admit(noted, effects), effects), effects }
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
      return change(state, event.id, (upload) => ({ ...upload, wants: event.wants }))
    case 'slotsReleased': {
      const upload = state.admitted.find(({ id }) => id === event.id)
      const count = Math.min(event.count, upload?.held ?? 0)
      return change({ ...state, held: state.held - count }, event.id, (held) => ({
        ...held,
        held: held.held - count,
      }))
    }
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
  while (queue !== undefined && admitted.length < state.slots * UPLOADS_PER_SLOT) {
    const { id, order } = firstOf(queue)
    queue = withoutFirst(queue)
    admitted = [...admitted, { id, order, wants: false, held: 0 }].sort((a, b) => a.order - b.order)
    effects.push({ type: 'admit', id, gate: 'open' })
  }
  return queue === state.queue ? state : { ...state, queue, admitted }
}

/** The oldest upload first: files are done one after the other, and their parts in parallel. */
function grantSlots(state: SchedulerState, effects: SchedulerEffect[]): SchedulerState {
  // One slot at a time: the upload answers every grant with whether it wants another one.
  const upload = state.held < state.slots ? state.admitted.find(({ wants }) => wants) : undefined
  if (upload === undefined) return state
  effects.push({ type: 'grantSlot', id: upload.id })
  return change({ ...state, held: state.held + 1 }, upload.id, (granted) => ({
    ...granted,
    wants: false,
    held: granted.held + 1,
  }))
}
