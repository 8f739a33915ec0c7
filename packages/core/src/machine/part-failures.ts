import { backoffMs } from './backoff.ts'
import { isOffline } from './call-failures.ts'
import { stateWith } from './copy-with.ts'
import { decide, errorCode } from './decide.ts'
import { fail, restart, takeBack } from './ending.ts'
import type { Failure } from './failure.ts'
import { failedLanding } from './landing.ts'
import type { Flight, Multipart } from './multipart.ts'
import { valueAt, withValue } from './part-table.ts'
import type { Rules } from './rules.ts'
import { inOrder, isUsable } from './signing.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadState } from './upload-state.ts'

export function notePartFailed(
  state: UploadState,
  fact: { readonly taskId: string; readonly failure: Failure; readonly draw: number },
  now: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  const flight = state.multipart?.flights.find(({ taskId }) => taskId === fact.taskId)
  if (state.multipart === undefined || flight === undefined) return state
  const { failure } = fact
  const { part } = flight
  const decision = decide('put', failure)
  // Being offline is nobody's failed attempt (guarantee 5).
  const offline = decision === 'retry' && isOffline(state, failure)
  if (flight.holdsSlot) {
    const landing = offline ? undefined : failedLanding(failure, flight.startedAt, now)
    out.push({ type: 'releaseSlots', count: 1, landing })
  }
  const { failedPuts } = state.multipart
  const multipart: Multipart = {
    ...state.multipart,
    flights: state.multipart.flights.filter((other) => other !== flight),
    failedPuts: offline
      ? failedPuts
      : withValue(failedPuts, part, (valueAt(failedPuts, part) ?? 0) + 1),
  }
  const landed: UploadState = { ...state, multipart }
  const waitAgain = (failed: number): UploadState => ({
    ...landed,
    multipart: { ...multipart, returned: inOrder([{ part, failed }, ...multipart.returned]) },
  })

  if (offline) return waitAgain(flight.failed)
  const failed = flight.failed + 1
  if (decision === 'restart')
    return restart(waitAgain(failed), { step: 'put', failure, part }, rules, out)
  if (
    rules.canList &&
    failed < rules.retry.attempts &&
    errorCode('put', failure) === 'etag_missing'
  )
    return { ...landed, multipart: { ...multipart, blind: [...multipart.blind, { part, failed }] } }
  const giveUp = (): UploadState => fail(waitAgain(failed), { step: 'put', failure, part }, out)
  if (decision === 'fail') return giveUp()
  if (failed >= rules.retry.attempts) return giveUp()
  if (decision === 'fresh_url' && failed === 1) return waitAgain(failed)

  const retryAt = now + backoffMs(rules.retry, failed, fact.draw, failure.retryAfterMs)
  const { url, lifeMs } = flight
  const expiresAt = decision === 'fresh_url' ? 0 : flight.expiresAt
  const delayed = [...multipart.delayed, { part, failed, url, lifeMs, expiresAt, retryAt }]
  return { ...landed, multipart: { ...multipart, delayed } }
}

/** Parts whose pause is over may go again: with their URL if it is still good. */
export function releaseDelayed(multipart: Multipart, now: number): Multipart {
  if (!multipart.delayed.some(({ retryAt }) => retryAt <= now)) return multipart
  const due = multipart.delayed.filter(({ retryAt }) => retryAt <= now)
  const good = due.filter((signed) => isUsable(signed, now, multipart.partMs))
  const stale = due.filter((signed) => !good.includes(signed))
  return {
    ...multipart,
    delayed: multipart.delayed.filter(({ retryAt }) => retryAt > now),
    ready: [...good, ...multipart.ready],
    returned: inOrder([...stale, ...multipart.returned]),
  }
}

/**
 * Parts that still wait in a queue when their URL expires are taken back, for a fresh one: it would be
 * refused (guarantee 4). Nobody can do that while the process is suspended or dead; then it is.
 */
export function recallExpired(state: UploadState, now: number, out: UploadEffect[]): UploadState {
  const { multipart } = state
  if (multipart === undefined) return state
  const expired = multipart.flights.filter((flight) => expiryInQueue(flight) <= now)
  return stateWith(state, { multipart: takeBack(multipart, expired, out) })
}

/** When the URL of a part that waits in a queue expires. Those of an earlier process are not known. */
export function expiryInQueue({ movedAt, url, expiresAt }: Flight): number {
  const waits = movedAt === Number.POSITIVE_INFINITY && url !== ''
  return waits ? expiresAt : Number.POSITIVE_INFINITY
}

/** PUTs that stood still for too long are given up and tried again. */
export function failStalled(
  state: UploadState,
  now: number,
  draw: number,
  rules: Rules,
  out: UploadEffect[],
): UploadState {
  if (!rules.seesProgress || state.multipart === undefined) return state
  let next = state
  for (const { taskId, movedAt, part } of state.multipart.flights) {
    if (now < movedAt + rules.stallMs) continue
    out.push({ type: 'cancelPuts', taskIds: [taskId] })
    const seconds = Math.round(rules.stallMs / 1000)
    const message = `part ${part} made no progress for ${seconds} s`
    // One draw must serve several parts: spread it so that they do not come back together.
    const spread = (draw + part * 0.618) % 1
    const failure: Failure = { kind: 'stalled', message }
    next = notePartFailed(next, { taskId, failure, draw: spread }, now, rules, out)
    if (next.outcome !== undefined) return next
  }
  return next
}
