import type { ControlCall } from '../errors.ts'
import { backoffMs } from './backoff.ts'
import { decide } from './decide.ts'
import { abandon, fail, record, restart, withdraw } from './ending.ts'
import type { Failure } from './failure.ts'
import { MAX_PARTS, partCount, smallestPartSize } from './plan.ts'
import { dropSigning, noteSigned } from './signing.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadEvent } from './upload-event.ts'
import { newMultipart, type Rules, type UploadState } from './upload-state.ts'

type Fact<T extends UploadEvent['type']> = Extract<UploadEvent, { type: T }>

/** The journal holds what was asked with this ticket. */
export function noteJournaled(state: UploadState, ticket: number): UploadState {
  const { multipart } = state
  // It was told to forget it since.
  if (state.outcome === 'cancelled') return state
  const durable = multipart !== undefined && !multipart.durable && ticket >= multipart.recordTicket
  if (state.recorded && !durable) return state
  return {
    ...state,
    recorded: true,
    multipart: durable ? { ...multipart, durable } : multipart,
  }
}

/** The file is open. Its parts only fit together if it is still the one that was hashed. */
export function noteOpened(
  state: UploadState,
  fact: Fact<'opened'> | Fact<'attached'>,
  out: UploadEffect[],
): UploadState {
  if (state.source !== 'opening') return state
  const { size, lastModified, ref = state.file.ref } = fact
  const opened: UploadState = { ...state, source: 'open', file: { ...state.file, ref } }
  const { file } = opened
  const hash = state.hash ?? state.verifying?.hash
  if (hash === undefined) {
    const changed = size !== file.size || lastModified !== file.lastModified
    return changed || ref !== state.file.ref
      ? record({ ...opened, file: { ...file, size, lastModified }, hashedBytes: 0 }, out)
      : opened
  }
  if (size !== file.size) return failChanged(opened, out)
  const touched =
    lastModified !== file.lastModified &&
    lastModified !== undefined &&
    file.lastModified !== undefined
  if (touched) {
    return { ...opened, hash: undefined, hashedBytes: 0, verifying: { hash, lastModified } }
  }
  return ref === state.file.ref ? opened : record(opened, out)
}

/** A file that was gone, or that cannot be opened by itself, was added again. */
export function noteAttached(
  state: UploadState,
  fact: Fact<'attached'>,
  out: UploadEffect[],
): UploadState {
  if (state.outcome !== undefined || state.source !== 'missing') return state
  return noteOpened({ ...state, source: 'opening' }, fact, out)
}

function failChanged(state: UploadState, out: UploadEffect[]): UploadState {
  const message = 'the file is no longer the one that was hashed'
  const failure: Failure = { kind: 'local', code: 'source_changed', message }
  return fail(state, { step: 'file', failure }, out)
}

export function noteOpenFailed(
  state: UploadState,
  failure: Failure,
  out: UploadEffect[],
): UploadState {
  if (state.source !== 'opening') return state
  const missing = failure.kind === 'local' && failure.code === 'file_not_found'
  if (missing) return withdraw({ ...state, source: 'missing' }, out)
  return fail({ ...state, source: 'closed' }, { step: 'file', failure }, out)
}

export function noteHashed(
  state: UploadState,
  fact: Fact<'hashed'>,
  out: UploadEffect[],
): UploadState {
  if (state.hashing?.ticket !== fact.ticket) return state
  const { hash } = fact
  const { file, verifying } = state
  const hashed: UploadState = { ...state, hashing: undefined, hashedBytes: file.size }
  if (verifying === undefined) return record({ ...hashed, hash }, out)
  if (hash !== verifying.hash) return failChanged(hashed, out)
  const { lastModified } = verifying
  return record({ ...hashed, hash, verifying: undefined, file: { ...file, lastModified } }, out)
}

export function noteHashFailed(
  state: UploadState,
  fact: Fact<'hashFailed'>,
  out: UploadEffect[],
): UploadState {
  if (state.hashing?.ticket !== fact.ticket) return state
  return fail({ ...state, hashing: undefined }, { step: 'file', failure: fact.failure }, out)
}

/** startUpload answered. The plan is checked before anything is sent (contract §2). */
export function noteStarted(
  state: UploadState,
  fact: Fact<'started'>,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  if (state.call?.kind !== 'start' || state.call.ticket !== fact.ticket) return state
  const { key, uploadId, partSize } = fact
  const { size } = state.file
  const answered: UploadState = {
    ...state,
    call: undefined,
    callFailed: 0,
    callRetryAt: 0,
    key,
  }
  const parts = partCount(size, partSize)
  const recordTicket = state.ticket + 1
  const multipart = newMultipart({ key, uploadId, partSize, parts, recordTicket })
  if (state.outcome !== undefined) {
    // Cancelled while the call was under way: what it created is not needed.
    return rules.canAbort ? record({ ...answered, abandoned: abandon(multipart) }, out) : answered
  }
  if (parts > MAX_PARTS) {
    const message = `partSize ${partSize} would need ${parts} parts; the smallest partSize that would do for ${size} bytes is ${smallestPartSize(size)}`
    const failure: Failure = { kind: 'local', code: 'too_many_parts', message }
    const useless = rules.canAbort ? { ...answered, abandoned: abandon(multipart) } : answered
    return fail(useless, { step: 'start', failure }, out)
  }
  return record({ ...answered, multipart, parts }, out)
}

export function noteUrls(
  state: UploadState,
  fact: Fact<'signed'>,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  if (multipart?.signing?.ticket !== fact.ticket) return state
  if (fact.urls.some(({ lifeMs }) => lifeMs !== undefined && lifeMs <= 0)) {
    const message =
      'getUploadUrls answered with URLs that have expired already: compare the clocks of backend and storage'
    const failure: Failure = { kind: 'expired', message }
    return noteUrlsFailed(state, { ...fact, failure }, rules, out)
  }
  return { ...state, multipart: noteSigned(multipart, fact) }
}

export function noteCompleted(
  state: UploadState,
  ticket: number,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  if (multipart === undefined || state.call?.ticket !== ticket) return state
  const done = withdraw({ ...state, call: undefined }, out)
  out.push({ type: 'closeSource' })
  out.push({ type: 'forgetParts', generation: state.generation, parts: multipart.parts })
  return record(
    {
      ...done,
      outcome: 'completed',
      source: 'closed',
      sentBytes: state.file.size,
      multipart: undefined,
    },
    out,
  )
}

export function noteAborted(state: UploadState, ticket: number): UploadState {
  if (state.abandoned?.job?.ticket !== ticket) return state
  return { ...state, abandoned: undefined }
}

/** A control call brought no answer, or one that says no. */
export function noteCallFailed(
  state: UploadState,
  fact: {
    readonly call: ControlCall
    readonly ticket: number
    readonly failure: Failure
    readonly draw: number
    readonly now: number
  },
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  switch (fact.call) {
    case 'urls':
      return state.multipart?.signing?.ticket === fact.ticket
        ? noteUrlsFailed(state, fact, rules, out)
        : state
    case 'abort':
      return noteAbortFailed(state, fact, rules)
    default:
      return state.call?.ticket === fact.ticket
        ? noteLifecycleFailed({ ...state, call: undefined }, state.call.kind, fact, rules, out)
        : state
  }
}

interface CallFailure {
  readonly failure: Failure
  readonly draw: number
  readonly now: number
}

function noteUrlsFailed(
  state: UploadState,
  fact: CallFailure,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  if (state.multipart === undefined) return state
  const { failure } = fact
  const multipart = dropSigning(state.multipart)
  const without: UploadState = { ...state, multipart }
  const decision = decide('urls', failure)
  if (decision === 'restart') return restart(without, { step: 'urls', failure }, rules, out)
  if (decision === 'fail') return fail(without, { step: 'urls', failure }, out)
  if (isOffline(state, failure)) return without
  const signFailed = multipart.signFailed + 1
  if (signFailed >= rules.retry.attempts) return fail(without, { step: 'urls', failure }, out)
  const signRetryAt = retryAt(signFailed, fact, rules)
  return { ...without, multipart: { ...multipart, signFailed, signRetryAt } }
}

function noteAbortFailed(
  state: UploadState,
  fact: CallFailure & { readonly ticket: number },
  rules: Rules,
): UploadState {
  const { abandoned } = state
  if (abandoned?.job?.ticket !== fact.ticket) return state
  if (isOffline(state, fact.failure)) {
    return { ...state, abandoned: { ...abandoned, job: undefined } }
  }
  const failed = abandoned.failed + 1
  const isLast = failed >= rules.retry.attempts
  // It only saves storage costs, and a lifecycle rule of the bucket does so too: no reason to fail.
  if (decide('abort', fact.failure) !== 'retry' || (isLast && fact.failure.kind === 'status')) {
    return { ...state, abandoned: undefined }
  }
  // Nobody heard it, so it stays in the journal: the next start of the program asks again.
  const at = isLast ? Number.POSITIVE_INFINITY : retryAt(failed, fact, rules)
  return { ...state, abandoned: { ...abandoned, job: undefined, failed, retryAt: at } }
}

function noteLifecycleFailed(
  state: UploadState,
  step: 'start' | 'complete' | 'list',
  fact: CallFailure,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  if (state.outcome !== undefined) return state
  const { failure } = fact
  const decision = decide(step, failure)
  const completeLost =
    state.completeLost ||
    (step === 'complete' && decision === 'retry' && mayHaveTakenEffect(failure))
  const noted: UploadState = { ...state, completeLost }
  if (decision === 'retry') {
    if (isOffline(state, failure)) return noted
    const callFailed = state.callFailed + 1
    if (callFailed >= rules.retry.attempts) return fail(noted, { step, failure }, out)
    return { ...noted, callFailed, callRetryAt: retryAt(callFailed, fact, rules) }
  }
  const { multipart } = noted
  // With InvalidPart the storage says that it has the upload, so no lost call completed it.
  const isOpen = failure.kind === 'status' && failure.reason === 'InvalidPart'
  if (step === 'complete' && completeLost && !isOpen && multipart !== undefined) {
    // The lost call may have done it: only the storage can tell.
    if (rules.canList) return { ...noted, multipart: { ...multipart, mustList: true } }
    return fail(noted, { step, failure, code: 'complete_uncertain' }, out)
  }
  if (step === 'list' && completeLost) {
    return fail(noted, { step, failure, code: 'complete_uncertain' }, out)
  }
  if (decision === 'restart') return restart(noted, { step, failure }, rules, out)
  if (step === 'list' && multipart !== undefined && multipart.blind.length === 0) {
    // Listing only saves sending parts again; without it they are sent again.
    return { ...noted, callFailed: 0, multipart: { ...multipart, mustList: false } }
  }
  return fail(noted, { step, failure }, out)
}

/** Whether the server may have done what was asked although it did not say so. */
function mayHaveTakenEffect(failure: Failure): boolean {
  return failure.kind !== 'status' || failure.status >= 500
}

/** Who was not admitted does not know the gate, and is given the benefit of the doubt. */
function isOffline(state: UploadState, failure: Failure): boolean {
  const isOnline = state.admission === 'granted' && state.gate === 'open'
  return !isOnline && failure.kind !== 'status'
}

function retryAt(failed: number, fact: CallFailure, rules: Rules): number {
  const retryAfterMs = fact.failure.kind === 'status' ? fact.failure.retryAfterMs : undefined
  return fact.now + backoffMs(rules.retry, failed, fact.draw, retryAfterMs)
}

/** Control calls that stood still for too long are given up and tried again. */
export function failSilentCalls(
  state: UploadState,
  now: number,
  draw: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  let next = state
  const giveUp = (call: ControlCall, ticket: number): void => {
    out.push({ type: 'dropCall', call, ticket })
    const seconds = Math.round(rules.stallMs / 1000)
    const failure: Failure = {
      kind: 'stalled',
      message: `${call} was not answered for ${seconds} s`,
    }
    next = noteCallFailed(next, { call, ticket, failure, draw, now }, rules, out)
  }
  const isSilent = (since: number | undefined): boolean =>
    since !== undefined && now >= since + rules.stallMs
  if (state.call !== undefined && isSilent(state.call.startedAt)) {
    giveUp(state.call.kind, state.call.ticket)
  }
  const signing = next.multipart?.signing
  if (signing !== undefined && isSilent(signing.askedAt)) giveUp('urls', signing.ticket)
  const job = next.abandoned?.job
  if (job !== undefined && isSilent(job.startedAt)) giveUp('abort', job.ticket)
  return next
}
