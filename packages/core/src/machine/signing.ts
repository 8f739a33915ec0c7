import { multipartWith, stateWith } from './copy-with.ts'
import { etagOf } from './etag-table.ts'
import type { Multipart, SignedPart, Signing, WaitingPart } from './multipart.ts'
import type { Rules } from './rules.ts'
import type { UploadEffect } from './upload-effect.ts'
import type { UploadEvent } from './upload-event.ts'
import type { UploadState } from './upload-state.ts'

/** A urls call asks for no more parts than this, to keep its answer small. */
const MAX_BATCH = 1000

/** Nobody waits for any call but the first: the others fetch so many for every slot, if these live long enough. */
const URLS_PER_SLOT = 12

/** A queue is filled in steps of so many parts: how long the URLs live shows with the first ones. */
const QUEUE_BATCH = 50

/** 8 MiB on a line of 1 Mbit/s. */
const ASSUMED_PART_MS = 60_000

/**
 * Whether a PUT that starts now on this URL is likely done before it expires (guarantee 4). A life
 * shorter than one part cannot be waited for: then the first half of it must do.
 */
export function isUsable(signed: SignedPart, now: number, partMs: number | undefined): boolean {
  return startBy(signed, partMs) > now
}

function startBy(
  { lifeMs, expiresAt }: SignedPart,
  // As long as no part has shown it.
  partMs: number = Math.min(ASSUMED_PART_MS, lifeMs / 8),
): number {
  return expiresAt - Math.min(1.5 * partMs, lifeMs / 2)
}

/**
 * When an upload that waits for a slot has to renew its URLs, so that they are not too old when its
 * turn comes. It does so only once its turn is near (`slotAnnounced`): others let them expire.
 */
export function agingAt(
  { ready, partMs, signMs = 0, signing, signRetryAt }: Multipart,
  // It came last, as a rule.
  signed: SignedPart | undefined = ready.at(-1),
): number {
  if (signed === undefined || signing !== undefined) return Number.POSITIVE_INFINITY
  // As long as no part has shown it.
  const likelyMs = partMs ?? signed.lifeMs / 8
  // What lives no longer than a part would be renewed again and again.
  if (2 * likelyMs >= signed.lifeMs) return Number.POSITIVE_INFINITY
  return Math.max(signRetryAt, startBy(signed, likelyMs + signMs))
}

/**
 * Asks for the next URLs before the pool runs dry. The pool covers what all slots consume while a
 * urls call is under way, and what a queue has room for; it never holds more than can be sent before
 * it expires.
 *
 * @param isNext its turn is near: URLs that will soon be too old count for nothing, and are asked for again
 */
export function refill(
  state: UploadState,
  multipart: Multipart,
  now: number,
  rules: Rules,
  out: UploadEffect[],
  isNext: boolean = multipart.flights.length > 0,
): UploadState {
  if (multipart.signing !== undefined || multipart.signRetryAt > now) return state
  const { partMs, signMs, urlLifeMs, ready, flights, delayed } = multipart
  const { queueTasks = 0 } = rules
  // There may be twice as many slots any moment, and they must not wait for URLs then.
  const slots = Math.min(rules.slots, 2 * rules.slotsNow)
  const partsPerCall =
    partMs === undefined || signMs === undefined ? 1 : signMs / Math.max(1, partMs)
  const needed = slots + Math.ceil(1.5 * slots * partsPerCall)
  const places = Math.max(0, queueTasks - flights.length - delayed.length)
  const room = Math.min(QUEUE_BATCH, places)
  const lifeInParts = urlLifeMs / 2 / Math.max(1, partMs ?? 1)
  const sendable = Math.max(slots, Math.floor(lifeInParts * slots))
  const low = Math.min(needed + room, Math.floor(sendable / 2))
  const ahead = signMs === undefined ? 0 : URLS_PER_SLOT * slots
  const target = Math.min(Math.max(2 * needed + room, ahead), sendable)
  const old =
    isNext && agingAt(multipart) <= now
      ? ready.filter((signed) => agingAt(multipart, signed) <= now)
      : []
  const fresh = ready.length - old.length
  if (fresh > low) return state

  const wanted = Math.min(target - fresh, MAX_BATCH)
  const again = old.slice(0, wanted)
  // There were more slots when they came.
  const surplus = old.slice(wanted)
  const others = wanted - again.length
  const parts: WaitingPart[] = multipart.returned.slice(0, others)
  const returned = inOrder([...surplus, ...multipart.returned.slice(parts.length)])
  let next = multipart.next
  while (parts.length < others && next <= multipart.parts) {
    // A journal or a list may have brought it along.
    if (etagOf(multipart.confirmed, next) === undefined) parts.push({ part: next, failed: 0 })
    next += 1
  }
  const asked = [...again, ...parts]
  if (asked.length === 0) {
    // What is confirmed all the way to the end is not walked over again with every event.
    return next === multipart.next
      ? state
      : stateWith(state, { multipart: multipartWith(multipart, { next }) })
  }
  const ticket = state.ticket + 1
  out.push({ type: 'callUrls', ticket, parts: asked.map(({ part }) => part) })
  return stateWith(state, {
    ticket,
    multipart: multipartWith(multipart, {
      ready: ready.filter((signed) => !surplus.includes(signed)),
      returned,
      next,
      signing: { ticket, parts, askedAt: now },
    }),
  })
}

/** Notes the URLs that came. */
export function noteSigned(
  multipart: Multipart,
  signing: Signing,
  event: Extract<UploadEvent, { type: 'signed' }>,
): Multipart {
  const { ready, returned } = multipart
  const failedOf = new Map(
    [...signing.parts, ...ready, ...returned].map(({ part, failed }) => [part, failed]),
  )
  const fresh: SignedPart[] = []
  let urlLifeMs = multipart.urlLifeMs
  for (const { part, url, lifeMs = Number.POSITIVE_INFINITY } of event.urls) {
    const failed = failedOf.get(part)
    // It is in the storage or on its way in the meantime.
    if (failed === undefined) continue
    failedOf.delete(part)
    fresh.push({ part, url, lifeMs, expiresAt: event.now + lifeMs, failed })
    urlLifeMs = Math.min(urlLifeMs, lifeMs)
  }
  const isLeft = ({ part }: WaitingPart): boolean => failedOf.has(part)
  return multipartWith(multipart, {
    ready: [...ready.filter(isLeft), ...fresh].sort((a, b) => a.part - b.part),
    returned: returned.filter(isLeft),
    urlLifeMs,
    signing: undefined,
    signFailed: 0,
    signMs: smooth(multipart.signMs, event.now - signing.askedAt),
  })
}

/** The parts of a urls call that brought nothing wait again. */
export function dropSigning(multipart: Multipart): Multipart {
  if (multipart.signing === undefined) return multipart
  return multipartWith(multipart, {
    signing: undefined,
    returned: inOrder([...multipart.signing.parts, ...multipart.returned]),
  })
}

/**
 * A part that is confirmed needs no URL any more. The call is dropped where no other part needs one:
 * it could still fail, and with it an upload that waits for nothing but the answer to complete.
 */
export function forgoUrl(
  signing: Signing | undefined,
  part: number,
  out: UploadEffect[],
): Signing | undefined {
  if (signing === undefined) return undefined
  const parts = signing.parts.filter((waiting) => waiting.part !== part)
  if (parts.length > 0) return { ...signing, parts }
  out.push({ type: 'dropCall', call: 'urls', ticket: signing.ticket })
  return undefined
}

/** As parts that only wait, whatever else they were. */
export function inOrder(parts: readonly WaitingPart[]): WaitingPart[] {
  return parts.map(({ part, failed }) => ({ part, failed })).sort((a, b) => a.part - b.part)
}

/** An exponentially weighted mean that starts with the first value. */
export function smooth(mean: number | undefined, value: number): number {
  return mean === undefined ? value : mean + 0.2 * (value - mean)
}
