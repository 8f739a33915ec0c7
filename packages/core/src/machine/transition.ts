import { advance } from './advance.ts'
import { failSilentCalls, noteCallFailed } from './call-failures.ts'
import { cancel, forget, pause, resume, retry } from './commands.ts'
import { stateWith } from './copy-with.ts'
import { releaseRefs } from './kept-file.ts'
import {
  noteAborted,
  noteAttached,
  noteCompleted,
  noteHashed,
  noteHashFailed,
  noteJournaled,
  noteOpened,
  noteOpenFailed,
  noteStarted,
  noteUrls,
} from './lifecycle.ts'
import { failStalled, notePartFailed, recallExpired } from './part-failures.ts'
import {
  confirm,
  noteListed,
  noteProgress,
  noteWaits,
  obeyConstraint,
  usableSlots,
  useSlot,
} from './parts.ts'
import type { Rules } from './rules.ts'
import { refill } from './signing.ts'
import { afterSuspension } from './suspension.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadEvent } from './upload-event.ts'
import type { UploadState } from './upload-state.ts'

export interface Transition {
  /** The same object if nothing changed. */
  readonly state: UploadState
  readonly effects: readonly UploadEffect[]
}

/** One upload's whole behaviour: notes the fact, then decides what follows from it. */
export function transition(state: UploadState, event: UploadEvent, rules: Rules): Transition {
  const effects: UploadEffect[] = []
  const awake = afterSuspension(state, event.now, rules)
  const noted = note(awake, event, rules, effects)
  const next = advance(noted, event.now, rules, effects)
  releaseRefs(state, event, next, rules, effects)
  return { state: next, effects }
}

function note(
  state: UploadState,
  event: UploadEvent,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { now } = event
  switch (event.type) {
    case 'journaled':
      return noteJournaled(state, event.ticket)
    case 'admitted':
      return state.admission === 'requested'
        ? stateWith(state, { admission: 'granted', gate: event.gate })
        : state
    case 'gateChanged':
      return obeyConstraint(stateWith(state, { gate: event.gate }), rules, out)
    case 'slotAnnounced':
      return state.multipart && usableSlots(state, rules) > 0
        ? refill(state, state.multipart, now, rules, out, true)
        : state
    case 'slotGranted':
      return useSlot(state, event.place, now, rules, out)
    case 'opened':
      return noteOpened(state, event, out)
    case 'attached':
      return noteAttached(state, event, out)
    case 'joined':
      return state
    case 'openFailed':
      return noteOpenFailed(state, event.failure, out)
    case 'hashProgressed':
      return state.hashing?.ticket === event.ticket
        ? stateWith(state, { hashedBytes: event.bytes })
        : state
    case 'hashed':
      return noteHashed(state, event, out)
    case 'hashFailed':
      return noteHashFailed(state, event, rules, out)
    case 'started':
      return noteStarted(state, event, rules, out)
    case 'signed':
      return noteUrls(state, event, rules, out)
    case 'listed':
      return noteListed(state, event, now, rules, out)
    case 'completed':
      return noteCompleted(state, event.ticket, out)
    case 'aborted':
      return noteAborted(state, event.ticket, out)
    case 'callFailed':
      return noteCallFailed(state, event, rules, out)
    case 'reattached':
      return rules.reattach?.(state, event.tasks, out) ?? state
    case 'partProgressed':
      return noteProgress(state, event.taskId, event.sentBytes, now)
    case 'partWaits':
      return noteWaits(state, event.taskId)
    case 'partConfirmed':
      return confirm(state, event, now, rules, out)
    case 'partFailed':
      return notePartFailed(state, event, now, rules, out)
    case 'woke': {
      const awake = stateWith(state, { wakeAt: Number.POSITIVE_INFINITY })
      const recalled = recallExpired(awake, now, out)
      const silent = failSilentCalls(recalled, now, event.draw, rules, out)
      return failStalled(silent, now, event.draw, rules, out)
    }
    case 'pause':
      return pause(state, out)
    case 'resume':
      return resume(state, out)
    case 'cancel':
      return cancel(state, rules, out)
    case 'retry':
      return retry(state, rules, out)
    case 'forget':
      return forget(state, out)
  }
}
