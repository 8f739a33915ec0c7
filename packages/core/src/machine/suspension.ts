import type { Flight } from './multipart.ts'
import type { Rules } from './rules.ts'
import type { UploadState } from './upload-state.ts'

/**
 * Lets the watches begin anew after a suspension: the laptop slept, or the app was in the background.
 *
 * An alarm is long overdue then, whatever the first event is. What was under way may have gone on all
 * the same, and its answers may wait in sockets and queues, so the silence says nothing and gets one
 * more period. Pages that are merely hidden have their alarms rung once a minute, which is no
 * suspension: counted as one it would keep every stall from being noticed.
 */
export function afterSuspension(state: UploadState, now: number, rules: Rules): UploadState {
  const asleepMs = now - state.wakeAt
  if (asleepMs <= rules.stallMs) return state
  const { call, multipart, abandoned } = state
  return {
    ...state,
    // It is about to ring, and this suspension is over.
    wakeAt: now,
    call: call && { ...call, startedAt: now },
    abandoned: abandoned.map((one) => ({ ...one, job: one.job && { ...one.job, startedAt: now } })),
    multipart: multipart && {
      ...multipart,
      signing: multipart.signing && { ...multipart.signing, askedAt: now },
      flights: multipart.flights.map((flight) => ({
        ...flight,
        startedAt: awakeSince(flight, now, asleepMs),
        movedAt: flight.movedAt === Number.POSITIVE_INFINITY ? flight.movedAt : now,
      })),
    },
  }
}

/** What is measured of a part tells how long others will take, and they will not sleep. */
function awakeSince(
  { startedAt, load }: Flight,
  now: number,
  asleepMs: number,
): number | undefined {
  // A queue went on in the meantime, and nobody knows until when.
  if (startedAt === undefined || load !== undefined) return undefined
  return Math.min(now, startedAt + asleepMs)
}
