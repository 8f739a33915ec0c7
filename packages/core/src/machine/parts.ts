import { multipartWith, stateWith } from './copy-with.ts'
import { stopParts } from './ending.ts'
import { etagOf, withEtag } from './etag-table.ts'
import type { Landing } from './landing.ts'
import { mostSent } from './most-sent.ts'
import type { Flight, Multipart, WaitingPart } from './multipart.ts'
import { partLength, partRange } from './plan.ts'
import type { Rules } from './rules.ts'
import { forgoUrl, inOrder, isUsable, smooth } from './signing.ts'
import { withRecent } from './stragglers.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { ListedPart } from './upload-event.ts'
import { isBeingJournaled, stageOf, type UploadState } from './upload-state.ts'
import { loadOf, type Place } from './window.ts'

/** How many parts could start if there were slots. */
export function usableSlots(state: UploadState, rules: Rules): number {
  const { multipart } = state
  if (
    multipart === undefined ||
    state.outcome !== undefined ||
    state.paused ||
    state.admission !== 'granted' ||
    state.gate !== 'open' ||
    state.source !== 'open' ||
    stageOf(state) !== 'uploading' ||
    isBeingJournaled(state, multipart) ||
    (multipart.mustList && rules.canList)
  ) {
    return 0
  }
  const { ready, flights, delayed } = multipart
  // A part that waits for its retry keeps its place, so that a storage that fails every part is
  // not asked for all the others too.
  const places = (rules.queueTasks ?? rules.slots) - flights.length - delayed.length
  return Math.max(0, Math.min(ready.length, places))
}

/** Starts the next part whose URL is still good, or gives the slot back. */
export function useSlot(
  state: UploadState,
  place: Place | undefined,
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  // Some may have been granted before the scheduler could be told that they are not wanted any more.
  const wanted = state.wanted && { ...state.wanted, slots: Math.max(0, state.wanted.slots - 1) }
  if (multipart === undefined || usableSlots(state, rules) === 0) {
    out.push({ type: 'releaseSlots', count: 1 })
    return stateWith(state, { wanted })
  }
  const doneMs = place === undefined ? multipart.partMs : place.dueMs
  const index = multipart.ready.findIndex((signed) => isUsable(signed, now, doneMs))
  const stale = index === -1 ? multipart.ready : multipart.ready.slice(0, index)
  const returned =
    stale.length === 0 ? multipart.returned : inOrder([...multipart.returned, ...stale])
  const signed = multipart.ready[index]
  if (signed === undefined) {
    out.push({ type: 'releaseSlots', count: 1 })
    return stateWith(state, {
      wanted,
      multipart: multipartWith(multipart, { returned, ready: [] }),
    })
  }
  const ready = multipart.ready.slice(index + 1)
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
    load: place?.load,
    startedAt: now,
    movedAt: rules.queueTasks === undefined ? now : Number.POSITIVE_INFINITY,
    sentBytes: 0,
  }
  return stateWith(state, {
    ticket,
    wanted,
    multipart: multipartWith(multipart, {
      returned,
      ready,
      // A call that only renews URLs has nobody left to renew them for.
      signing: ready.length > 0 ? multipart.signing : forgoUrl(multipart.signing, part, out),
      flights: [...multipart.flights, flight],
    }),
  })
}

export function noteProgress(
  state: UploadState,
  taskId: string,
  sentBytes: number,
  now: number,
): UploadState {
  const { multipart } = state
  const flight = multipart?.flights.find((one) => one.taskId === taskId)
  if (multipart === undefined || flight === undefined) return state
  const begins = flight.movedAt === Number.POSITIVE_INFINITY
  if (sentBytes <= flight.sentBytes && !begins) return state
  const moving: Flight = { ...flight, sentBytes, movedAt: now }
  const flights = multipart.flights.map((one) => (one === flight ? moving : one))
  const moved: Multipart = multipartWith(multipart, { flights })
  return stateWith(state, { sentBytes: mostSent(state, moved), multipart: moved })
}

/** Whatever was sent of it is of no use: the queue will begin anew. */
export function noteWaits(state: UploadState, taskId: string): UploadState {
  const { multipart } = state
  const flight = multipart?.flights.find((one) => one.taskId === taskId)
  if (multipart === undefined || flight === undefined) return state
  if (flight.movedAt === Number.POSITIVE_INFINITY) return state
  const waiting: Flight = { ...flight, sentBytes: 0, movedAt: Number.POSITIVE_INFINITY }
  const flights = multipart.flights.map((one) => (one === flight ? waiting : one))
  return stateWith(state, { multipart: multipartWith(multipart, { flights }) })
}

/** A part is in the storage. From here on it is never sent again (guarantee 2). */
export function confirm(
  state: UploadState,
  fact: {
    /** Undefined where the storage tells it. */
    readonly taskId: string | undefined
    readonly part: number
    readonly generation: number
    readonly etag: string
  },
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  const ignore = (): UploadState => {
    // Nobody will journal it, so the queue may forget it right away.
    if (fact.taskId !== undefined) out.push({ type: 'cancelPuts', taskIds: [fact.taskId] })
    return state
  }
  if (multipart === undefined || fact.generation !== state.generation) return ignore()
  const { taskId, part, generation } = fact
  const known = etagOf(multipart.confirmed, part)
  if (known !== undefined) {
    // Told twice: the journal may not hold it yet, so the queue must keep it until then.
    if (taskId !== undefined)
      out.push({ type: 'journalPart', taskId, generation, part, etag: known })
    return state
  }
  const flight = multipart.flights.find(({ taskId }) => taskId === fact.taskId)
  // A PUT that was given up may still have arrived; if its part is under way again, that one counts.
  if (flight === undefined && multipart.flights.some(({ part }) => part === fact.part))
    return ignore()
  // Of what an earlier process sent off nobody knows when that was.
  const { startedAt, load: untilDone, holdsSlot } = flight ?? {}
  const tookMs = startedAt === undefined ? undefined : now - startedAt
  const msPerLoad = tookMs !== undefined && untilDone ? tookMs / untilDone : undefined
  const bytes = partLength(state.file.size, multipart.partSize, fact.part)
  const load = loadOf({ parts: 1, bytes })
  if (holdsSlot) {
    const landing: Landing | undefined =
      startedAt === undefined ? undefined : { how: 'stored', startedAt, endedAt: now, load }
    out.push({ type: 'releaseSlots', count: 1, msPerLoad, landing })
  }
  // In a queue most of the time is that of the others: what counts is when the next one is done.
  const partMs = msPerLoad === undefined ? tookMs : msPerLoad * load * rules.slots
  out.push({
    type: 'journalPart',
    taskId: fact.taskId,
    generation: fact.generation,
    part: fact.part,
    etag: fact.etag,
  })
  const others = <T extends WaitingPart>(parts: readonly T[]): readonly T[] =>
    flight === undefined ? parts.filter(({ part }) => part !== fact.part) : parts
  const stored: Multipart = multipartWith(multipart, {
    confirmed: withEtag(multipart.confirmed, fact.part, fact.etag),
    confirmedBytes: multipart.confirmedBytes + bytes,
    flights: multipart.flights.filter((other) => other !== flight),
    returned: others(multipart.returned),
    ready: others(multipart.ready),
    delayed: others(multipart.delayed),
    blind: others(multipart.blind),
    signing: flight === undefined ? forgoUrl(multipart.signing, part, out) : multipart.signing,
    partMs: partMs === undefined ? multipart.partMs : smooth(multipart.partMs, partMs),
    recentMs: tookMs === undefined ? multipart.recentMs : withRecent(multipart.recentMs, tookMs),
  })
  return stateWith(state, { sentBytes: mostSent(state, stored), multipart: stored })
}

/** Takes over what the storage says it has; a part of another size is sent again. */
export function noteListed(
  state: UploadState,
  fact: { readonly ticket: number; readonly parts: readonly ListedPart[] },
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { multipart, generation } = state
  if (multipart === undefined || state.call?.ticket !== fact.ticket) return state
  const there = fact.parts.filter(
    ({ part, size }) =>
      part <= multipart.parts && size === partLength(state.file.size, multipart.partSize, part),
  )
  // Ten thousand may be blind: taking them out one by one would take a second.
  const listed = new Set(there.map(({ part }) => part))
  const again = multipart.blind.filter(({ part }) => !listed.has(part))
  let next: UploadState = stateWith(state, {
    call: undefined,
    callFailed: 0,
    multipart: multipartWith(multipart, {
      mustList: false,
      stillThere: true,
      returned: inOrder([...multipart.returned, ...again]),
      blind: [],
    }),
  })
  for (const { part, etag } of there) {
    next = confirm(next, { taskId: undefined, part, generation, etag }, now, rules, out)
  }
  return next
}

/**
 * Parts that run now would break a constraint such as "Wi-Fi only". A queue holds its parts by itself
 * and goes on with them, when this process may no longer be there to give them to it again.
 */
export function obeyConstraint(state: UploadState, rules: Rules, out: UploadEffect[]): UploadState {
  const mustStop = state.gate === 'constraint' && rules.queueTasks === undefined
  return mustStop ? stopParts(state, out) : state
}
