import type { ErrorCode } from '../errors.ts'
import { abandon, findAborting } from './abandoned.ts'
import { noteUrlsFailed, tryAgain } from './call-failures.ts'
import { stateWith } from './copy-with.ts'
import { decide } from './decide.ts'
import { dropAbandoned, fail, record, withdraw } from './ending.ts'
import type { Failure } from './failure.ts'
import { newMultipart } from './multipart.ts'
import { MAX_PARTS, partCount, smallestPartSize } from './plan.ts'
import type { Rules } from './rules.ts'
import { noteSigned } from './signing.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadEvent } from './upload-event.ts'
import type { Abandoned, FailedWith, UploadState } from './upload-state.ts'

type Fact<T extends UploadEvent['type']> = Extract<UploadEvent, { type: T }>

/** The journal holds what was asked with this ticket. */
export function noteJournaled(state: UploadState, ticket: number): UploadState {
  // It was told to forget it since.
  if (state.outcome === 'cancelled') return state
  if (state.recorded && ticket <= state.journaled) return state
  return stateWith(state, { recorded: true, journaled: Math.max(ticket, state.journaled) })
}

/** The file is open. Its parts only fit together if it is still the one that was hashed. */
export function noteOpened(
  state: UploadState,
  fact: Fact<'opened'> | Fact<'attached'>,
  out: UploadEffect[],
): UploadState {
  if (state.source !== 'opening') return state
  const { size, lastModified } = fact
  // A file that was brought again is where that one is, or nowhere.
  const ref = fact.type === 'attached' ? fact.ref : (fact.ref ?? state.file.ref)
  const opened: UploadState = stateWith(state, { source: 'open', file: { ...state.file, ref } })
  const { file } = opened
  const hash = state.hash ?? state.verifying?.hash
  if (hash === undefined) {
    const changed = size !== file.size || lastModified !== file.lastModified
    return changed || ref !== state.file.ref
      ? record(stateWith(opened, { file: { ...file, size, lastModified }, hashedBytes: 0 }), out)
      : opened
  }
  if (size !== file.size) return failChanged(opened, out)
  const touched =
    lastModified !== file.lastModified &&
    lastModified !== undefined &&
    file.lastModified !== undefined
  const found: UploadState = touched
    ? stateWith(opened, { hash: undefined, hashedBytes: 0, verifying: { hash, lastModified } })
    : opened
  return ref === state.file.ref ? found : record(found, out)
}

/** A file that was gone, or that cannot be opened by itself, was added again. */
export function noteAttached(
  state: UploadState,
  fact: Fact<'attached'>,
  out: UploadEffect[],
): UploadState {
  if (state.source !== 'missing') return state
  return noteOpened(stateWith(state, { source: 'opening', missingFor: undefined }), fact, out)
}

function failChanged(state: UploadState, out: UploadEffect[]): UploadState {
  const message = 'the file is no longer the one that was hashed'
  const failure: Failure = { kind: 'local', code: 'source_changed', message }
  return fail(state, { step: 'file', failure }, out)
}

/** With these a file is not lost: somebody can bring it, or let it be opened. */
const MISSING: ReadonlySet<ErrorCode> = new Set(['file_not_found', 'permission_needed'])

export function noteOpenFailed(
  state: UploadState,
  failure: Failure,
  out: UploadEffect[],
): UploadState {
  if (state.source !== 'opening') return state
  if (failure.kind === 'local' && MISSING.has(failure.code)) {
    const missingFor: FailedWith = { code: failure.code, step: 'file', part: undefined, failure }
    return withdraw(stateWith(state, { source: 'missing', missingFor }), out)
  }
  return fail(stateWith(state, { source: 'closed' }), { step: 'file', failure }, out)
}

export function noteHashed(
  state: UploadState,
  fact: Fact<'hashed'>,
  out: UploadEffect[],
): UploadState {
  if (state.hashing?.ticket !== fact.ticket) return state
  const { hash } = fact
  const { file, verifying } = state
  const hashed: UploadState = stateWith(state, {
    hashing: undefined,
    hashedBytes: file.size,
    callFailed: 0,
    callRetryAt: 0,
  })
  if (verifying === undefined) return record(stateWith(hashed, { hash }), out)
  if (hash !== verifying.hash) return failChanged(hashed, out)
  const { lastModified } = verifying
  return record(
    stateWith(hashed, { hash, verifying: undefined, file: { ...file, lastModified } }),
    out,
  )
}

export function noteHashFailed(
  state: UploadState,
  fact: Fact<'hashFailed'>,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  if (state.hashing?.ticket !== fact.ticket) return state
  const stopped: UploadState = stateWith(state, { hashing: undefined })
  if (decide('file', fact.failure) === 'retry') return tryAgain(stopped, 'file', fact, rules, out)
  return fail(stopped, { step: 'file', failure: fact.failure }, out)
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
    ...takeBack(state, fact, out),
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
    return rules.canAbort ? record(abandon(answered, multipart), out) : answered
  }
  if (parts > MAX_PARTS) {
    const message = `partSize ${partSize} would need ${parts} parts; the smallest partSize that would do for ${size} bytes is ${smallestPartSize(size)}`
    const failure: Failure = { kind: 'local', code: 'too_many_parts', message }
    const useless = rules.canAbort ? abandon(answered, multipart) : answered
    return fail(useless, { step: 'start', failure }, out)
  }
  return record(stateWith(answered, { multipart, parts }), out)
}

/** A backend may answer with a multipart upload that it still has: then that is of use after all. */
function takeBack(
  state: UploadState,
  { key, uploadId }: Fact<'started'>,
  out: UploadEffect[],
): UploadState {
  const isBack = (one: Abandoned): boolean => one.uploadId === uploadId && one.key === key
  const job = state.abandoned.find(isBack)?.job
  if (job !== undefined) out.push({ type: 'dropCall', call: 'abort', ticket: job.ticket })
  return stateWith(state, { abandoned: state.abandoned.filter((one) => !isBack(one)) })
}

export function noteUrls(
  state: UploadState,
  fact: Fact<'signed'>,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  if (multipart?.signing?.ticket !== fact.ticket) return state
  if (fact.urls.some(({ lifeMs = Number.POSITIVE_INFINITY }) => lifeMs <= 0)) {
    const message =
      'getUploadUrls answered with URLs that have expired already: compare the clocks of backend and storage'
    const failure: Failure = { kind: 'expired', message }
    return noteUrlsFailed(state, multipart, { ...fact, failure }, rules, out)
  }
  return stateWith(state, {
    // There are more of them, and they may live shorter than the ones before.
    wanted: undefined,
    multipart: noteSigned(multipart, multipart.signing, fact),
  })
}

export function noteCompleted(
  state: UploadState,
  ticket: number,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  if (multipart === undefined || state.call?.ticket !== ticket) return state
  const done = withdraw(stateWith(state, { call: undefined }), out)
  out.push({ type: 'closeSource' })
  out.push({ type: 'forgetParts', generation: state.generation, parts: multipart.parts })
  return record(
    stateWith(done, {
      outcome: 'completed',
      source: 'closed',
      sentBytes: state.file.size,
      multipart: undefined,
      completeLost: false,
    }),
    out,
  )
}

export function noteAborted(state: UploadState, ticket: number, out: UploadEffect[]): UploadState {
  const aborted = findAborting(state)
  return aborted?.job.ticket === ticket ? dropAbandoned(state, aborted, out) : state
}
