import { stopParts } from './ending.ts'
import { etagOf, withEtag } from './etag-table.ts'
import { partLength, partRange } from './plan.ts'
import { inOrder, isUsable, smooth } from './signing.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { ListedPart, UploadEvent } from './upload-event.ts'
import {
  type Flight,
  isBeingJournaled,
  type Multipart,
  type Rules,
  stageOf,
  type UploadState,
  type WaitingPart,
} from './upload-state.ts'

/** Whether a part could start if there were a slot. */
export function canUseSlot(state: UploadState, rules: Rules): boolean {
  const { multipart } = state
  return (
    multipart !== undefined &&
    state.outcome === undefined &&
    !state.paused &&
    state.admission === 'granted' &&
    state.gate === 'open' &&
    state.source === 'open' &&
    stageOf(state) === 'uploading' &&
    !isBeingJournaled(state, multipart) &&
    !(multipart.mustList && rules.canList) &&
    multipart.ready.length > 0 &&
    // A part that waits for its retry keeps its place, so that a storage that fails every part is
    // not asked for all the others too.
    multipart.flights.length + multipart.delayed.length < rules.slots
  )
}

/** Starts the next part whose URL is still good, or gives the slot back. */
export function useSlot(
  state: UploadState,
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  if (multipart === undefined || !canUseSlot(state, rules)) {
    out.push({ type: 'releaseSlots', count: 1 })
    return { ...state, wantsSlot: undefined }
  }
  const index = multipart.ready.findIndex((signed) => isUsable(signed, now, multipart.partMs))
  const stale = index === -1 ? multipart.ready : multipart.ready.slice(0, index)
  const returned =
    stale.length === 0
      ? multipart.returned
      : inOrder([...multipart.returned, ...stale.map(({ part, failed }) => ({ part, failed }))])
  const signed = multipart.ready[index]
  if (signed === undefined) {
    out.push({ type: 'releaseSlots', count: 1 })
    return { ...state, wantsSlot: undefined, multipart: { ...multipart, returned, ready: [] } }
  }
  const ticket = state.ticket + 1
  const { part, failed, url, lifeMs, expiresAt } = signed
  const taskId = `${state.file.id}/${state.generation}/${part}/${ticket}`
  const { start, end } = partRange(state.file.size, multipart.partSize, part)
  out.push({ type: 'put', taskId, part, generation: state.generation, url, start, end })
  // Spelt out: an object that grows after it was copied takes three times the memory.
  const flight: Flight = {
    part,
    failed,
    url,
    lifeMs,
    expiresAt,
    taskId,
    holdsSlot: true,
    startedAt: now,
    movedAt: now,
    sentBytes: 0,
  }
  return {
    ...state,
    ticket,
    wantsSlot: undefined,
    multipart: {
      ...multipart,
      returned,
      ready: multipart.ready.slice(index + 1),
      flights: [...multipart.flights, flight],
    },
  }
}

/** Parts that a background queue sent on while we were away stay in flight. */
export function reattach(
  given: UploadState,
  tasks: Extract<UploadEvent, { type: 'reattached' }>['tasks'],
  now: number,
  out: UploadEffect[],
): UploadState {
  // Tickets begin anew with every process, and no two tasks may have one name.
  const ticket = tasks.reduce((most, task) => Math.max(most, ticketOf(task)), given.ticket)
  const state: UploadState = { ...given, ticket }
  const { multipart } = state
  if (multipart === undefined || state.outcome !== undefined || state.paused) {
    out.push({ type: 'cancelPuts', taskIds: tasks.map(({ taskId }) => taskId) })
    return state
  }
  // A queue may still tell how earlier attempts ended: only the newest of a part counts.
  const newest = new Map<number, (typeof tasks)[number]>()
  for (const task of [...tasks].sort((a, b) => ticketOf(a) - ticketOf(b))) {
    if (etagOf(multipart.confirmed, task.part) === undefined) newest.set(task.part, task)
  }
  const useless = tasks.filter((task) => newest.get(task.part) !== task)
  if (useless.length > 0) {
    out.push({ type: 'cancelPuts', taskIds: useless.map(({ taskId }) => taskId) })
  }
  const flights = [...newest.values()].map(
    (task): Flight => ({
      ...task,
      url: '',
      failed: 0,
      lifeMs: 0,
      expiresAt: 0,
      holdsSlot: false,
      startedAt: now,
      movedAt: now,
    }),
  )
  const flying = new Set(flights.map(({ part }) => part))
  const last = flights.reduce((most, { part }) => Math.max(most, part), 0)
  // They are before `next` from now on, and so are those between them that nobody sent.
  const returned = [...multipart.returned]
  let { next } = multipart
  for (; next <= last; next += 1) {
    if (flying.has(next) || etagOf(multipart.confirmed, next) !== undefined) continue
    returned.push({ part: next, failed: 0 })
  }
  const attached: Multipart = { ...multipart, flights, next, returned }
  return { ...state, sentBytes: mostSent(state, attached), multipart: attached }
}

/** What `useSlot` put at the end of the name. */
function ticketOf({ taskId }: { readonly taskId: string }): number {
  return Number(taskId.slice(taskId.lastIndexOf('/') + 1))
}

export function noteProgress(
  state: UploadState,
  taskId: string,
  sentBytes: number,
  now: number,
): UploadState {
  const { multipart } = state
  const index = multipart?.flights.findIndex((flight) => flight.taskId === taskId) ?? -1
  const flight = multipart?.flights[index]
  if (multipart === undefined || flight === undefined || sentBytes <= flight.sentBytes) return state
  const flights = multipart.flights.slice()
  flights[index] = { ...flight, sentBytes, movedAt: now }
  const moved: Multipart = { ...multipart, flights }
  return { ...state, sentBytes: mostSent(state, moved), multipart: moved }
}

/** A part is in the storage. From here on it is never sent again (guarantee 2). */
export function confirm(
  state: UploadState,
  fact: {
    readonly taskId: string
    readonly part: number
    readonly generation: number
    readonly etag: string
  },
  now: number,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  const ignore = (): UploadState => {
    // Nobody will journal it, so the queue may forget it right away.
    if (fact.taskId !== '') out.push({ type: 'cancelPuts', taskIds: [fact.taskId] })
    return state
  }
  if (multipart === undefined || fact.generation !== state.generation) return ignore()
  const { taskId, part, generation } = fact
  const known = etagOf(multipart.confirmed, part)
  if (known !== undefined) {
    // Told twice: the journal may not hold it yet, so the queue must keep it until then.
    if (taskId !== '') out.push({ type: 'journalPart', taskId, generation, part, etag: known })
    return state
  }
  const flight = multipart.flights.find(({ taskId }) => taskId === fact.taskId)
  // A PUT that was given up may still have arrived; if its part is under way again, that one counts.
  if (flight === undefined && multipart.flights.some(({ part }) => part === fact.part))
    return ignore()
  if (flight?.holdsSlot) out.push({ type: 'releaseSlots', count: 1 })
  out.push({
    type: 'journalPart',
    taskId: fact.taskId,
    generation: fact.generation,
    part: fact.part,
    etag: fact.etag,
  })
  // Of what an earlier process sent off nobody knows when that was.
  const tookMs = flight?.holdsSlot ? now - flight.startedAt : undefined
  const others = <T extends WaitingPart>(parts: readonly T[]): readonly T[] =>
    flight === undefined ? parts.filter(({ part }) => part !== fact.part) : parts
  const stored: Multipart = {
    ...multipart,
    confirmed: withEtag(multipart.confirmed, fact.part, fact.etag),
    confirmedBytes:
      multipart.confirmedBytes + partLength(state.file.size, multipart.partSize, fact.part),
    flights: multipart.flights.filter((other) => other !== flight),
    returned: others(multipart.returned),
    ready: others(multipart.ready),
    delayed: others(multipart.delayed),
    blind: others(multipart.blind),
    partMs: tookMs === undefined ? multipart.partMs : smooth(multipart.partMs, tookMs),
  }
  return { ...state, sentBytes: mostSent(state, stored), multipart: stored }
}

/** Takes over what the storage says it has; a part of another size is sent again. */
export function noteListed(
  state: UploadState,
  listed: readonly ListedPart[],
  now: number,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  if (multipart === undefined) return state
  const { blind, partSize } = multipart
  let next: UploadState = {
    ...state,
    multipart: { ...multipart, mustList: false, stillThere: true, blind: [] },
  }
  for (const { part, etag, size } of listed) {
    if (part > multipart.parts || size !== partLength(state.file.size, partSize, part)) continue
    next = confirm(next, { taskId: '', part, generation: state.generation, etag }, now, out)
  }
  if (next.multipart === undefined) return next
  const { confirmed, returned } = next.multipart
  const again = blind.filter(({ part }) => etagOf(confirmed, part) === undefined)
  return { ...next, multipart: { ...next.multipart, returned: inOrder([...again, ...returned]) } }
}

/** Parts that run now would break a constraint such as "Wi-Fi only". */
export function obeyConstraint(state: UploadState, out: UploadEffect[]): UploadState {
  return state.gate === 'constraint' ? stopParts(state, out) : state
}

/** The most bytes that were ever on their way: what is tried again does not take them back. */
function mostSent(
  { sentBytes }: UploadState,
  { confirmedBytes, flights }: Pick<Multipart, 'confirmedBytes' | 'flights'>,
): number {
  let sent = confirmedBytes
  for (const flight of flights) sent += flight.sentBytes
  return Math.max(sentBytes, sent)
}
