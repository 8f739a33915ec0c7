import type { ControlCall } from '../errors.ts'
import { changeAbandoned, findAborting } from './abandoned.ts'
import { backoffMs } from './backoff.ts'
import { type Decision, decide, errorCode, isInvalidPart, type Step } from './decide.ts'
import { dropAbandoned, fail, failUncertain, restart } from './ending.ts'
import type { Failure } from './failure.ts'
import type { Multipart } from './multipart.ts'
import type { Rules } from './rules.ts'
import { dropSigning } from './signing.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadState } from './upload-state.ts'

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
    case 'urls': {
      const { multipart } = state
      return multipart?.signing?.ticket === fact.ticket
        ? noteUrlsFailed(state, multipart, fact, rules, out)
        : state
    }
    case 'abort':
      return noteAbortFailed(state, fact, rules, out)
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

export function noteUrlsFailed(
  state: UploadState,
  before: Multipart,
  fact: CallFailure,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { failure } = fact
  const multipart = dropSigning(before)
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
  out: UploadEffect[],
): UploadState {
  const useless = findAborting(state)
  if (useless?.job.ticket !== fact.ticket) return state
  if (isOffline(state, fact.failure)) return changeAbandoned(state, useless, { job: undefined })
  const failed = useless.failed + 1
  const isLast = failed >= rules.retry.attempts
  // It only saves storage costs, and a lifecycle rule of the bucket does so too: no reason to fail.
  if (decide('abort', fact.failure) !== 'retry' || (isLast && fact.failure.kind === 'status')) {
    return dropAbandoned(state, useless, out)
  }
  // Nobody heard it, so it stays in the journal: the next start of the program asks again.
  const at = isLast ? Number.POSITIVE_INFINITY : retryAt(failed, fact, rules)
  return changeAbandoned(state, useless, { job: undefined, failed, retryAt: at })
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
  const noted =
    step === 'complete' && state.multipart !== undefined
      ? noteUncompleted(state, state.multipart, decision, failure)
      : state
  if (decision === 'retry') return tryAgain(noted, step, fact, rules, out)
  const { multipart, completeLost } = noted
  if (step === 'list' && completeLost) return failUncertain(noted, { step, failure }, out)
  if (completeLost && multipart !== undefined && isUnsettled(multipart, failure)) {
    // The lost call may have done it: only the storage can tell.
    if (rules.canList) return { ...noted, multipart: { ...multipart, mustList: true } }
    return failUncertain(noted, { step, failure }, out)
  }
  if (decision === 'restart') return restart(noted, { step, failure }, rules, out)
  if (step === 'list' && multipart?.blind.length === 0) {
    // Listing only saves sending parts again; without it they are sent again.
    return { ...noted, callFailed: 0, multipart: { ...multipart, mustList: false } }
  }
  return fail(noted, { step, failure }, out)
}

/** The same again after a pause, a bounded number of times. */
export function tryAgain(
  state: UploadState,
  step: Step,
  fact: CallFailure,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { failure } = fact
  if (isOffline(state, failure)) return state
  const callFailed = state.callFailed + 1
  if (callFailed >= rules.retry.attempts) return fail(state, { step, failure }, out)
  return { ...state, callFailed, callRetryAt: retryAt(callFailed, fact, rules) }
}

/** Complete did not say that it is done: either its answer is lost, or nothing of it is. */
function noteUncompleted(
  state: UploadState,
  multipart: Multipart,
  decision: Decision,
  failure: Failure,
): UploadState {
  if (mayHaveTakenEffect(decision, failure)) {
    return { ...state, completeLost: true, multipart: { ...multipart, stillThere: false } }
  }
  if (state.completeLost) return state
  // It is settled: the record that follows need not say that one is being sent.
  return { ...state, multipart: { ...multipart, completeTicket: undefined } }
}

/** Whether a refusal after a lost answer leaves it open what the lost call did. */
function isUnsettled({ stillThere }: Multipart, failure: Failure): boolean {
  if (stillThere) return false
  // With InvalidPart the storage says that it has the upload. What was not sent, or was turned away
  // at the door, says nothing: it is asked again once that is put right.
  if (isInvalidPart(failure) || failure.kind === 'local') return false
  return errorCode('complete', failure) !== 'unauthorized'
}

/**
 * Whether the server may have done what was asked although it did not say so. Also with "not now" (408,
 * 425, 429): proxies send requests twice, and the answer to the one tells nothing of the other.
 */
function mayHaveTakenEffect(decision: Decision, failure: Failure): boolean {
  return decision === 'retry' || failure.kind === 'unusable'
}

/** Who was not admitted does not know the gate, and is given the benefit of the doubt. */
export function isOffline(state: UploadState, failure: Failure): boolean {
  const isOnline = state.admission === 'granted' && state.gate === 'open'
  return !isOnline && failure.kind !== 'status'
}

function retryAt(failed: number, fact: CallFailure, rules: Rules): number {
  return fact.now + backoffMs(rules.retry, failed, fact.draw, fact.failure.retryAfterMs)
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
  const isSilent = (since: number): boolean => now >= since + rules.stallMs
  if (state.call !== undefined && isSilent(state.call.startedAt)) {
    giveUp(state.call.kind, state.call.ticket)
  }
  const signing = next.multipart?.signing
  if (signing !== undefined && isSilent(signing.askedAt)) giveUp('urls', signing.ticket)
  const job = findAborting(next)?.job
  if (job !== undefined && isSilent(job.startedAt)) giveUp('abort', job.ticket)
  return next
}
