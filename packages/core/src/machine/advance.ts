import { changeAbandoned, findAborting, findToAbort, hasToAbort } from './abandoned.ts'
import { multipartWith, stateWith } from './copy-with.ts'
import { record, withdraw } from './ending.ts'
import { type Flight, hasAllParts, type Multipart } from './multipart.ts'
import { expiryInQueue, releaseDelayed } from './part-failures.ts'
import { usableSlots } from './parts.ts'
import type { Rules } from './rules.ts'
import { agingAt, refill } from './signing.ts'
import { hurryStragglers, lateTimes } from './stragglers.ts'
import type { UploadEffect } from './upload-effect.ts'
import { isBeingJournaled, type LifecycleCall, type UploadState } from './upload-state.ts'

/** Decides what follows from the facts: called after every event, does nothing twice. */
export function advance(
  state: UploadState,
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  let next = tidyUp(state, now, rules, out)
  next = goOn(next, now, rules, out)
  next = tellScheduler(next, now, rules, out)
  return setAlarm(next, now, rules, out)
}

/** Tells the storage, then the journal, to forget what is of no more use. */
function tidyUp(state: UploadState, now: number, rules: Rules, out: UploadEffect[]): UploadState {
  const next = leaveJournal(abort(state, now, rules, out), rules, out)
  const rests = next.outcome !== undefined || next.paused || next.source === 'missing'
  const aborts = rules.canAbort && hasToAbort(next, now)
  return rests && !aborts ? withdraw(next, out) : next
}

function abort(state: UploadState, now: number, rules: Rules, out: UploadEffect[]): UploadState {
  const useless = findToAbort(state, now)
  if (!rules.canAbort || useless === undefined) return state
  // Whoever is admitted is told when the network comes back.
  if (state.admission === 'none') return requestAdmission(state, out)
  if (state.admission !== 'granted' || state.gate === 'network') return state
  const ticket = state.ticket + 1
  out.push({ type: 'callAbort', ticket, key: useless.key, uploadId: useless.uploadId })
  return changeAbandoned(stateWith(state, { ticket }), useless, { job: { ticket, startedAt: now } })
}

function requestAdmission(state: UploadState, out: UploadEffect[]): UploadState {
  const { multipart } = state
  const requested: UploadState = stateWith(state, { admission: 'requested' })
  if (multipart === undefined || multipart.flights.length === 0) {
    out.push({ type: 'requestAdmission' })
    return requested
  }
  // Its parts take up room in a queue, so whoever gives that out must know of them.
  const { flights, partSize } = multipart
  const bytes = Math.min(state.file.size, partSize)
  out.push({ type: 'keepSlots', count: flights.length, bytes })
  const holding = flights.map((flight) => ({ ...flight, holdsSlot: true }))
  return stateWith(requested, { multipart: multipartWith(multipart, { flights: holding }) })
}

/** A cancelled upload stays in the journal until nothing of it is left to be aborted. */
function leaveJournal(state: UploadState, rules: Rules, out: UploadEffect[]): UploadState {
  if (state.outcome !== 'cancelled' || !state.recorded) return state
  const isLeft = state.abandoned.length > 0 && rules.canAbort !== false
  if (isLeft || state.call !== undefined) return state
  out.push({ type: 'forgetUpload' })
  return stateWith(state, { recorded: false })
}

function goOn(state: UploadState, now: number, rules: Rules, out: UploadEffect[]): UploadState {
  if (state.outcome !== undefined || state.paused || !state.recorded) return state
  if (state.source === 'missing') return state
  if (state.admission === 'none') return requestAdmission(state, out)
  if (state.admission !== 'granted' || state.gate !== 'open') return state
  if (state.source === 'closed') {
    out.push({ type: 'openSource' })
    return stateWith(state, { source: 'opening' })
  }
  if (state.source === 'opening') return state
  const { multipart } = state
  if (state.hash === undefined) return hash(state, now, out)
  if (multipart === undefined) return call(state, 'start', now, out)
  if (!hasAllParts(multipart)) return upload(state, multipart, now, rules, out)
  if (multipart.mustList && rules.canList) return call(state, 'list', now, out)
  return complete(state, multipart, now, out)
}

function hash(state: UploadState, now: number, out: UploadEffect[]): UploadState {
  if (state.hashing !== undefined || state.callRetryAt > now) return state
  const ticket = state.ticket + 1
  out.push({ type: 'hash', ticket })
  return stateWith(state, { ticket, hashing: { ticket, startedAt: now } })
}

const EFFECT_OF = { start: 'callStart', complete: 'callComplete', list: 'callList' } as const

function call(
  state: UploadState,
  kind: LifecycleCall['kind'],
  now: number,
  out: UploadEffect[],
): UploadState {
  if (state.call !== undefined || state.callRetryAt > now) return state
  const ticket = state.ticket + 1
  out.push({ type: EFFECT_OF[kind], ticket })
  return stateWith(state, { ticket, call: { kind, ticket, startedAt: now } })
}

/**
 * A complete call takes effect even if this process does not live to hear of it. A journal that
 * lacked a part then would ask for an upload that the storage no longer has, and send it all again.
 */
function complete(
  state: UploadState,
  multipart: Multipart,
  now: number,
  out: UploadEffect[],
): UploadState {
  if (state.call !== undefined) return state
  if (multipart.completeTicket === undefined) {
    const next = record(state, out)
    return stateWith(next, { multipart: multipartWith(multipart, { completeTicket: next.ticket }) })
  }
  return isBeingJournaled(state, multipart) ? state : call(state, 'complete', now, out)
}

function upload(
  state: UploadState,
  before: Multipart,
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const multipart = releaseDelayed(before, now)
  const next = multipart === before ? state : stateWith(state, { multipart })
  if (rules.canList && (multipart.mustList || onlyBlindPartsLeft(multipart))) {
    return call(next, 'list', now, out)
  }
  return hurryStragglers(refill(next, multipart, now, rules, out), now, rules, out)
}

function onlyBlindPartsLeft(multipart: Multipart): boolean {
  return multipart.confirmed.size + multipart.blind.length === multipart.parts
}

function tellScheduler(
  state: UploadState,
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  const slots = usableSlots(state, rules)
  const aging = slots > 0 && multipart !== undefined && agingAt(multipart) <= now
  const { wanted } = state
  // As long as some are left it need not know how many.
  if (wanted && wanted.slots > 0 === slots > 0 && wanted.aging === aging) return state
  // Before slots are given back, so that this upload gets them again if it is the oldest.
  if (state.admission === 'granted') {
    const { partSize = 0, urlLifeMs: lifeMs = Number.POSITIVE_INFINITY } = multipart ?? {}
    const bytes = Math.min(state.file.size, partSize)
    const left = multipart
      ? multipart.parts - multipart.confirmed.size - multipart.flights.length
      : 0
    out.unshift({ type: 'wantSlots', slots, aging, left, bytes, lifeMs })
  }
  return stateWith(state, { wanted: { slots, aging } })
}

const NEVER = Number.POSITIVE_INFINITY
const NO_FLIGHTS: readonly Flight[] = []

/** An alarm that rings too early does no harm, so a later need leaves it as it is. */
function setAlarm(state: UploadState, now: number, rules: Rules, out: UploadEffect[]): UploadState {
  const at = Math.max(now, nextNeed(state, now, rules))
  const noNeed = at === NEVER && state.wakeAt !== at
  if (at >= state.wakeAt && !noNeed) return state
  out.push({ type: 'wake', at })
  return stateWith(state, { wakeAt: at })
}

/** When time alone would change something: a retry is due, or a silence has lasted too long. */
function nextNeed(state: UploadState, now: number, rules: Rules): number {
  const { call, abandoned, multipart } = state
  const aborting = findAborting(state)
  const silentSince = Math.min(
    call?.startedAt ?? NEVER,
    aborting?.job.startedAt ?? NEVER,
    multipart?.signing?.askedAt ?? NEVER,
  )
  let at = silentSince + rules.stallMs
  // What is due already was done by the steps before; only the future needs an alarm.
  if (aborting === undefined && state.gate !== 'network') {
    for (const { retryAt } of abandoned) at = earliestAfter(now, at, retryAt)
  }
  for (const flight of multipart?.flights ?? NO_FLIGHTS) {
    const stallsAt = rules.seesProgress ? flight.movedAt + rules.stallMs : NEVER
    at = Math.min(at, expiryInQueue(flight), stallsAt)
  }
  if (state.admission !== 'granted' || state.gate !== 'open') return at
  at = earliestAfter(now, at, state.callRetryAt)
  if (multipart === undefined) return at
  for (const { retryAt } of multipart.delayed) at = earliestAfter(now, at, retryAt)
  at = earliestAfter(now, at, multipart.signRetryAt)
  at = earliestAfter(now, at, agingAt(multipart))
  for (const lateAt of lateTimes(multipart, rules)) at = earliestAfter(now, at, lateAt)
  return at
}

function earliestAfter(now: number, at: number, time: number): number {
  return time > now && time < at ? time : at
}
