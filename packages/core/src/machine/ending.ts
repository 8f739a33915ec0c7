import type { ErrorCode } from '../errors.ts'
import { abandon } from './abandoned.ts'
import { multipartWith, stateWith } from './copy-with.ts'
import { errorCode, type Step } from './decide.ts'
import type { Failure } from './failure.ts'
import type { Flight, Multipart } from './multipart.ts'
import type { Rules } from './rules.ts'
import { dropSigning, inOrder } from './signing.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { Abandoned, UploadState } from './upload-state.ts'

/** Stops the PUTs and the urls call; their parts wait again. The slots are given back. */
export function stopParts(state: UploadState, out: UploadEffect[]): UploadState {
  const { multipart } = state
  if (multipart === undefined) return state
  const { flights, signing } = multipart
  if (signing !== undefined) out.push({ type: 'dropCall', call: 'urls', ticket: signing.ticket })
  return stateWith(state, { multipart: dropSigning(takeBack(multipart, flights, out)) })
}

/** Stops these PUTs; their parts wait again. */
export function takeBack(
  multipart: Multipart,
  flights: readonly Flight[],
  out: UploadEffect[],
): Multipart {
  if (flights.length === 0) return multipart
  const returned = inOrder([...flights, ...multipart.returned])
  return multipartWith(stopFlights(multipart, flights, out), { returned })
}

/** Stops these PUTs. What becomes of their parts is for the caller to say. */
export function stopFlights(
  multipart: Multipart,
  flights: readonly Flight[],
  out: UploadEffect[],
): Multipart {
  out.push({ type: 'cancelPuts', taskIds: flights.map(({ taskId }) => taskId) })
  out.push({ type: 'releaseSlots', count: flights.filter(({ holdsSlot }) => holdsSlot).length })
  return multipartWith(multipart, {
    flights: multipart.flights.filter((flight) => !flights.includes(flight)),
  })
}

/** Stops hashing; it begins anew when the upload goes on. */
export function stopHashing(state: UploadState, out: UploadEffect[]): UploadState {
  if (state.hashing === undefined) return state
  out.push({ type: 'stopHash' })
  return stateWith(state, { hashing: undefined, hashedBytes: 0 })
}

/** Gives back what the scheduler granted, so that another upload can work. */
export function withdraw(state: UploadState, out: UploadEffect[]): UploadState {
  if (state.admission !== 'granted') return state
  out.push({ type: 'withdraw' })
  const { multipart } = state
  return stateWith(state, {
    // Only who is admitted is told of the gate: what was known of it would grow old.
    admission: 'none',
    gate: 'open',
    // A queue may go on with parts of a file that this process cannot open.
    multipart:
      multipart &&
      multipartWith(multipart, {
        flights: multipart.flights.map((flight) => ({ ...flight, holdsSlot: false })),
      }),
  })
}

/** Drops the lifecycle call that is under way. */
export function dropCall(state: UploadState, out: UploadEffect[]): UploadState {
  if (state.call === undefined) return state
  out.push({ type: 'dropCall', call: state.call.kind, ticket: state.call.ticket })
  return stateWith(state, { call: undefined })
}

/** Writes the upload's record again; `journaled` brings the ticket back. */
export function record(state: UploadState, out: UploadEffect[]): UploadState {
  const ticket = state.ticket + 1
  out.push({ type: 'journalUpload', ticket })
  return stateWith(state, { ticket })
}

/** It is aborted, or nobody ever will: the next start must not ask again. */
export function dropAbandoned(
  state: UploadState,
  useless: Abandoned,
  out: UploadEffect[],
): UploadState {
  const next = stateWith(state, { abandoned: state.abandoned.filter((other) => other !== useless) })
  const leavesJournal = next.outcome === 'cancelled' && next.abandoned.length === 0
  return leavesJournal ? next : record(next, out)
}

/** The multipart upload is of no more use: no part of it will be sent or completed. */
export function leaveMultipart(
  state: UploadState,
  rules: Rules,
  storageKnowsIt: boolean,
  out: UploadEffect[],
): UploadState {
  const stopped = stopParts(state, out)
  const { multipart } = stopped
  if (multipart === undefined) return stopped
  out.push({ type: 'forgetParts', generation: stopped.generation, parts: multipart.parts })
  const left: UploadState = stateWith(stopped, { multipart: undefined, completeLost: false })
  return storageKnowsIt && rules.canAbort !== false ? abandon(left, multipart) : left
}

/** The upload failed; everything that is confirmed stays for retry(). */
export function fail(
  state: UploadState,
  cause: {
    readonly step: Step
    readonly failure: Failure
    readonly part?: number | undefined
    readonly code?: ErrorCode
  },
  out: UploadEffect[],
): UploadState {
  const code = cause.code ?? errorCode(cause.step, cause.failure)
  const stopped = dropCall(withdraw(stopHashing(stopParts(state, out), out), out), out)
  return record(
    stateWith(stopped, {
      outcome: 'failed',
      failedWith: { code, step: cause.step, part: cause.part, failure: cause.failure },
    }),
    out,
  )
}

/** Nobody can tell whether the object exists: everything is kept, and nothing is sent again. */
export function failUncertain(
  state: UploadState,
  cause: {
    readonly step: Step
    readonly failure: Failure
    readonly part?: number | undefined
  },
  out: UploadEffect[],
): UploadState {
  // What it suggests is about the call; this is about the object.
  const failure: Failure = { ...cause.failure, hint: undefined }
  return fail(state, { ...cause, failure, code: 'complete_uncertain' }, out)
}

/**
 * NoSuchUpload: begins again at startUpload, a bounded number of times (guarantee 5). But where a
 * complete call may have been lost, its object may be the reason why there is no such upload.
 */
export function restart(
  state: UploadState,
  cause: {
    readonly step: Step
    readonly failure: Failure
    readonly part?: number | undefined
  },
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  if (state.completeLost) return failUncertain(state, cause, out)
  if (state.restarts >= rules.restarts) return fail(state, { ...cause, code: 'upload_lost' }, out)
  const left = leaveMultipart(dropCall(state, out), rules, false, out)
  return record(
    stateWith(left, {
      restarts: left.restarts + 1,
      generation: left.generation + 1,
      callFailed: 0,
      callRetryAt: 0,
      sentBytes: 0,
    }),
    out,
  )
}
