import { multipartWith, stateWith } from './copy-with.ts'
import { stopFlights } from './ending.ts'
import type { DelayedPart, Flight, Multipart } from './multipart.ts'
import { partLength } from './plan.ts'
import type { Rules } from './rules.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadState } from './upload-state.ts'

/** A part that takes so many times as long as others is on a bad connection. */
const FAR_SLOWER = 4
/** Below this nobody waits for it, and durations say little. */
const LEAST_MS = 1_000
/** So many parts, the last ones, show how long one takes. */
const PEERS = 5
const LEAST_PEERS = 3
/** The exchange that was given up ends before the next one begins. */
const PAUSE_MS = 50

/**
 * Puts the last parts of an upload anew, on a fresh exchange, where one takes far longer than the
 * others did: once for each part, and it is no failed attempt. Only while less than half of it has left
 * the device, so that the storage cannot have it: what was cut off can never replace the part that is
 * sent instead, nor arrive when complete has named another ETag.
 */
export function hurryStragglers(
  state: UploadState,
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const { multipart } = state
  if (multipart === undefined || !isTail(multipart, rules)) return state
  const late = multipart.flights.filter(
    (flight) => lateAt(flight, multipart) <= now && !isHalfThere(state, multipart, flight),
  )
  if (late.length === 0) return state
  const again = late.map(
    ({ part, failed, url, lifeMs, expiresAt }): DelayedPart => ({
      part,
      failed,
      url,
      lifeMs,
      expiresAt,
      retryAt: now + PAUSE_MS,
    }),
  )
  return stateWith(state, {
    multipart: multipartWith(stopFlights(multipart, late, out), {
      delayed: [...multipart.delayed, ...again],
      hurried: [...multipart.hurried, ...late.map(({ part }) => part)],
    }),
  })
}

/** When each of the parts under way will have taken too long, or has. */
export function lateTimes(multipart: Multipart, rules: Rules): readonly number[] {
  return isTail(multipart, rules)
    ? multipart.flights.map((flight) => lateAt(flight, multipart))
    : []
}

/** No part is left to start, so whatever is under way is what everybody waits for. */
function isTail(multipart: Multipart, { seesProgress, queueTasks }: Rules): boolean {
  const { returned, ready, delayed, signing, recentMs } = multipart
  return (
    ready.length === 0 &&
    returned.length === 0 &&
    delayed.length === 0 &&
    signing === undefined &&
    seesProgress &&
    queueTasks === undefined &&
    recentMs.length >= LEAST_PEERS
  )
}

function lateAt({ part, startedAt }: Flight, { recentMs, hurried }: Multipart): number {
  if (startedAt === undefined || hurried.includes(part)) return Number.POSITIVE_INFINITY
  const usual = [...recentMs].sort((a, b) => a - b)[recentMs.length >> 1] ?? 0
  return startedAt + Math.max(LEAST_MS, FAR_SLOWER * usual)
}

/** Another part took so long. */
export function withRecent(recentMs: readonly number[], ms: number): readonly number[] {
  return [...recentMs.slice(1 - PEERS), ms]
}

function isHalfThere(
  { file }: UploadState,
  { partSize }: Multipart,
  { part, sentBytes }: Flight,
): boolean {
  return 2 * sentBytes >= partLength(file.size, partSize, part)
}
