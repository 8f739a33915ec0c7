import { isInvalidPart } from './decide.ts'
import { dropCall, leaveMultipart, record, stopHashing, stopParts, withdraw } from './ending.ts'
import type { Multipart, WaitingPart } from './multipart.ts'
import type { Rules } from './rules.ts'
import type { UploadEffect } from './upload-effect.ts'
import { stageOf, type UploadState } from './upload-state.ts'

/** A control call that is under way is left to finish: its answer is a fact worth keeping. */
export function pause(state: UploadState, out: UploadEffect[]): UploadState {
  if (state.outcome !== undefined || state.paused) return state
  const stopped = withdraw(stopHashing(stopParts(state, out), out), out)
  return record({ ...holdBack(stopped), paused: true }, out)
}

/** A complete call that only waits for the journal is not made, and the record need not say so. */
function holdBack(state: UploadState): UploadState {
  const { multipart, call, completeLost } = state
  if (multipart === undefined || call?.kind === 'complete' || completeLost) return state
  return { ...state, multipart: { ...multipart, completeTicket: undefined } }
}

export function resume(state: UploadState, out: UploadEffect[]): UploadState {
  if (state.outcome !== undefined) return state
  const looking = state.source === 'missing' ? lookAgain(state, out) : state
  return looking.paused ? record({ ...looking, paused: false }, out) : looking
}

/** Somebody may have brought the file back, or is about to permit that it is opened. */
function lookAgain(state: UploadState, out: UploadEffect[]): UploadState {
  const found: UploadState = { ...state, missingFor: undefined }
  // Its turn comes, and then it is opened.
  if (state.missingFor?.code !== 'permission_needed') return { ...found, source: 'closed' }
  // A click permits little, and not for long: what it permits is done at once.
  out.push({ type: 'openSource' })
  return { ...found, source: 'opening' }
}

/** After this nothing is sent but the abort call. */
export function cancel(state: UploadState, rules: Rules, out: UploadEffect[]): UploadState {
  if (state.outcome === 'completed' || state.outcome === 'cancelled') return state
  const stopped = withdraw(stopHashing(stopParts(state, out), out), out)
  out.push({ type: 'closeSource' })
  // What a start call under way creates can only be aborted once its answer tells the uploadId.
  const awaitsStart = rules.canAbort && stopped.call?.kind === 'start'
  const quiet = awaitsStart ? stopped : dropCall(stopped, out)
  const left = leaveMultipart(quiet, rules, true, out)
  const cancelled: UploadState = {
    ...left,
    outcome: 'cancelled',
    failedWith: undefined,
    source: 'closed',
    missingFor: undefined,
  }
  // The record keeps the abort call from being forgotten in a crash.
  if (cancelled.abandoned.length > 0 || awaitsStart) return record(cancelled, out)
  return cancelled
}

/** Goes on after a failure. What is confirmed is kept, unless the file is another one now. */
export function retry(state: UploadState, rules: Rules, out: UploadEffect[]): UploadState {
  const { failedWith, multipart } = state
  if (failedWith === undefined) return state
  const again: UploadState = {
    ...state,
    outcome: undefined,
    failedWith: undefined,
    paused: false,
    callFailed: 0,
    callRetryAt: 0,
    restarts: 0,
    multipart: multipart && {
      ...multipart,
      ...askAgain(state),
      signFailed: 0,
      signRetryAt: 0,
      returned: anew(multipart.returned),
      blind: anew(multipart.blind),
      ready: anew(multipart.ready),
      delayed: anew(multipart.delayed).map((delayed) => ({ ...delayed, retryAt: 0 })),
    },
  }
  const { code } = failedWith
  if (code === 'upload_lost') return record(startOver(again, rules, false, out), out)
  if (isInvalidPart(failedWith.failure)) {
    return record(startOver(again, rules, true, out), out)
  }
  const unopened = code === 'file_not_found' || code === 'permission_needed'
  if (code !== 'source_changed' && !unopened) return record(again, out)
  out.push({ type: 'closeSource' })
  const closed: UploadState = { ...again, source: 'closed' }
  if (unopened) return record(closed, out)
  const left = startOver(closed, rules, true, out)
  return record({ ...left, hash: undefined, verifying: undefined, hashedBytes: 0 }, out)
}

function anew<T extends WaitingPart>(parts: readonly T[]): readonly T[] {
  return parts.map((part) => ({ ...part, failed: 0 }))
}

/** Where only complete is left it is asked first, and a list after that, as if for the first time. */
function askAgain(state: UploadState): Partial<Multipart> {
  return stageOf(state) === 'completing' ? { mustList: false, stillThere: false } : {}
}

/** A completed upload leaves the journal; a cancelled one does so by itself. */
export function forget(state: UploadState, out: UploadEffect[]): UploadState {
  if (state.outcome !== 'completed') return state
  out.push({ type: 'forgetUpload' })
  return state
}

/** What was sent is of no more use. */
function startOver(
  state: UploadState,
  rules: Rules,
  storageKnowsIt: boolean,
  out: UploadEffect[],
): UploadState {
  const left = leaveMultipart(state, rules, storageKnowsIt, out)
  return { ...left, sentBytes: 0, generation: left.generation + 1 }
}
