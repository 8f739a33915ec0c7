import type { UploadStatus } from '@s3-bg-uploader/core'
import type { Device } from './device.ts'
import type { FaultClass } from './fault-classes.ts'
import type { Signing, UrlsCall } from './signing.ts'
import { shown, type Trace } from './trace.ts'
import type { World } from './world.ts'

/** With these nobody outside can tell whether an upload waits for URLs or for something else. */
const BLINDING: readonly FaultClass[] = [
  'background',
  'cutoff',
  'malformed',
  'missing-etag',
  'short-lived-urls',
]

/** Slots are idle until this call brings the URLs of an upload. */
interface Waiting {
  readonly name: string
  readonly signing: Signing
  readonly call: UrlsCall
}

/**
 * PUT slots are never idle for want of URLs (guarantee 7): while slots are free and an upload has
 * parts that nothing else keeps back, its URLs are being asked for, and the URLs at hand when a call
 * is made last until it should be answered. Only the first call has to be waited for.
 */
export class IdleSlots {
  readonly #world: World
  readonly #device: Device
  readonly #sees: boolean
  /** Uploads for whose URLs slots wait, the calls that bring them, and since when. */
  #idle: readonly Waiting[] = []
  #since = 0

  constructor(world: World, device: Device) {
    this.#world = world
    this.#device = device
    // By a wrong clock that no Date corrects, good URLs may look as if they had expired.
    const misjudges = world.has('no-date') && (world.has('skew') || world.has('clock-jump'))
    this.#sees = !misjudges && !BLINDING.some((fault) => world.has(fault))
  }

  /** Called whenever nothing more follows from what happened, before time goes on. */
  check(attentive: boolean, freeSlots: number): void {
    if (!this.#sees) return
    const now = this.#world.clock.now()
    for (const waiting of this.#idle) {
      waiting.call.idleMs += this.#isSurprised(waiting)
        ? Number.NEGATIVE_INFINITY
        : now - this.#since
      this.#checkIdleTime(waiting, now)
    }
    this.#since = now
    this.#idle = []
    if (!attentive || freeSlots <= 0) return
    const wanting = [...this.#device.referee.traces.values()].filter((one) => this.#wantsUrls(one))
    for (const { name, signing } of wanting) {
      if (signing.underWay) continue
      const why = `${freeSlots} slots are free, ${name} has parts without URLs`
      this.#world.violate('7 bounds', `${why}, and nobody asks for those`)
    }
    this.#idle = wanting.flatMap(({ name, signing }) => {
      const call = signing.calls.at(-1)
      return call === undefined ? [] : [{ name, signing, call }]
    })
  }

  /** Whether it has a part that could be sent now if it had a URL. */
  #wantsUrls(trace: Trace): boolean {
    const snapshot = shown(trace)
    const { id = '', calls, signing } = trace
    if (snapshot?.status !== 'uploading' || snapshot.waitingFor !== undefined) return false
    const { totalParts, confirmedParts, partsInFlight, key } = snapshot
    const waiting = totalParts - confirmedParts - partsInFlight
    if (waiting === 0 || signing.failed) return false
    // No part is sent before the journal knows what it is a part of.
    const record = this.#device.referee.ledger.uploads.get(id)
    if (record?.key !== key || calls.has(`list/${record?.uploadId}`)) return false
    // A part that waits for its retry keeps its place.
    const delayed = signing.failedParts.size
    return waiting > delayed && partsInFlight + delayed < this.#world.plan.concurrency
  }

  /** Another one left the line, or ran dry, so its turn may have come when nobody expected that. */
  #isSurprised({ signing }: Waiting): boolean {
    const traces = [...this.#device.referee.traces.values()]
    return traces.some(
      (trace) => leavesLine(trace) || (trace.signing !== signing && trace.signing.underWay),
    )
  }

  #checkIdleTime({ name, signing, call }: Waiting, now: number): void {
    // Durations that vary may mislead whoever measures them.
    if (!this.#world.plan.steady) return
    const { at, until = now, idleMs } = call
    const allowed = Math.max(0, until - at - this.#lasts(signing.calls.indexOf(call)))
    if (idleMs <= allowed) return
    const why = `slots were idle for ${idleMs} ms for want of URLs of ${name}`
    this.#world.violate('7 bounds', `${why}, where ${allowed} ms are allowed`)
  }

  /** How long the URLs at hand last at least, in milliseconds from a call on, by its position. */
  #lasts(call: number): number {
    if (call === 0) return 0
    const { latencyMs, bodyMs } = this.#world.plan
    const callMs = this.#world.has('slow-backend') ? 11 * latencyMs : 2 * latencyMs
    // The first call asked before any part had shown how long it takes.
    if (call === 1) return Math.min(callMs, FIRST_ROUNDS * (2 * latencyMs + bodyMs))
    return callMs
  }
}

const IN_LINE: readonly (UploadStatus | undefined)[] = ['uploading', 'completing', 'completed']

/** It is not where it was in line. */
function leavesLine(trace: Trace): boolean {
  const snapshot = shown(trace)
  if (snapshot === undefined) return false
  const { status, waitingFor } = snapshot
  return trace.signing.disturbed || !IN_LINE.includes(status) || waitingFor?.reason === 'file'
}

/** So many parts of every slot have URLs before the first part has arrived. */
const FIRST_ROUNDS = 3
