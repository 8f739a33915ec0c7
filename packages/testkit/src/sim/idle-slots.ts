import type { Device } from './device.ts'
import type { FaultClass } from './fault-classes.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** With these nobody outside can tell whether an upload waits for URLs or for something else. */
const BLINDING: readonly FaultClass[] = [
  'background',
  'cutoff',
  'malformed',
  'missing-etag',
  'short-lived-urls',
]

/**
 * PUT slots are never idle for want of URLs (guarantee 7): while slots are free and an upload has
 * parts that nothing else keeps back, its URLs are being asked for, and the URLs at hand when a call
 * is made last until it should be answered. Only the first call has to be waited for.
 */
export class IdleSlots {
  readonly #world: World
  readonly #device: Device
  readonly #sees: boolean
  /** Uploads for whose URLs slots wait, and since when. */
  #idle: readonly Trace[] = []
  #since = 0

  constructor(world: World, device: Device) {
    this.#world = world
    this.#device = device
    this.#sees = !BLINDING.some((fault) => world.has(fault))
  }

  /** Called whenever nothing more follows from what happened, before time goes on. */
  check(attentive: boolean, freeSlots: number): void {
    if (!this.#sees) return
    const now = this.#world.clock.now()
    for (const trace of this.#idle) {
      // It has begun anew.
      if (trace.urlsCalls.length === 0) continue
      trace.idleMs += now - this.#since
      this.#checkIdleTime(trace, now)
    }
    this.#since = now
    this.#idle = []
    if (!attentive || freeSlots <= 0) return
    this.#idle = [...this.#device.referee.traces.values()].filter((trace) => this.#wantsUrls(trace))
    for (const { name, signing, last } of this.#idle) {
      if (signing) continue
      const why = `${freeSlots} slots are free, ${last?.partsInFlight} parts of ${name} are in flight`
      this.#world.violate('7 bounds', `${why}, and nobody asks for the URLs of the others`)
    }
  }

  /** Whether it has a part that could be sent now if it had a URL. */
  #wantsUrls(trace: Trace): boolean {
    const snapshot = trace.handle?.getSnapshot()
    if (snapshot?.status !== 'uploading' || snapshot.waitingFor !== undefined) return false
    const { totalParts, confirmedParts, partsInFlight, key } = snapshot
    const waiting = totalParts - confirmedParts - partsInFlight
    if (waiting === 0 || trace.urlsFailed) return false
    // No part is sent before the journal knows what it is a part of.
    const record = this.#device.referee.ledger.uploads.get(trace.id ?? '')
    if (record?.key !== key || trace.calls.has(`list/${record?.uploadId}`)) return false
    // A part that waits for its retry keeps its place.
    const delayed = trace.failedPuts.size
    return waiting > delayed && partsInFlight + delayed < this.#world.plan.concurrency
  }

  #checkIdleTime(trace: Trace, now: number): void {
    if (trace.disturbed) return
    let allowed = 0
    for (const [index, { at, until = now }] of trace.urlsCalls.entries()) {
      allowed += Math.max(0, until - at - this.#lasts(index))
    }
    if (trace.idleMs <= allowed) return
    const why = `slots were idle for ${trace.idleMs} ms for want of URLs of ${trace.name}`
    this.#world.violate('7 bounds', `${why}, where ${allowed} ms are allowed`)
  }

  /** How long the URLs at hand last at least, in milliseconds from a call on, by its position. */
  #lasts(call: number): number {
    if (call === 0) return 0
    const { steady, latencyMs, bodyMs } = this.#world.plan
    const partMs = 2 * latencyMs + bodyMs
    // Durations that vary may mislead whoever measures them, but a part for every slot is at hand.
    if (!steady) return partMs / 2
    // The first call asked before any part had shown how long it takes.
    if (call === 1) return FIRST_ROUNDS * partMs
    return this.#world.has('slow-backend') ? 11 * latencyMs : 2 * latencyMs
  }
}

/** So many parts of every slot have URLs before the first part has arrived. */
const FIRST_ROUNDS = 3
