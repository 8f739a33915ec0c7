import type { Status } from '../machine/view.ts'
import { etaOf, percentageOf } from './snapshot.ts'
import { SpeedMeter } from './speed-meter.ts'
import type { AggregateSnapshot } from './types.ts'

/** What one upload adds to the sums. */
export interface Share {
  readonly status: Status
  readonly totalBytes: number
  readonly sentBytes: number
}

/** Sums over uploads, kept up to date by differences so that their number does not matter. */
export class Aggregate {
  readonly #byStatus: Record<Status, number> = {
    queued: 0,
    hashing: 0,
    starting: 0,
    uploading: 0,
    completing: 0,
    completed: 0,
    paused: 0,
    failed: 0,
    cancelled: 0,
  }
  readonly #meter = new SpeedMeter()
  #uploads = 0
  #totalBytes = 0
  #sentBytes = 0
  #snapshot: AggregateSnapshot | undefined

  /** Replaces one share by another; undefined is an upload that is not, or no longer, there. */
  change(before: Share | undefined, after: Share | undefined): void {
    this.#count(before, -1)
    this.#count(after, 1)
    this.#snapshot = undefined
  }

  #count(share: Share | undefined, sign: 1 | -1): void {
    if (share === undefined) return
    this.#uploads += sign
    this.#byStatus[share.status] += sign
    // What was cancelled will never be sent: with it no group would ever come to 100 %.
    if (share.status === 'cancelled') return
    this.#totalBytes += sign * share.totalBytes
    this.#sentBytes += sign * share.sentBytes
  }

  /** Call before a snapshot whose speed must be up to date. */
  tick(now: number): void {
    this.#meter.note(now, this.#sentBytes)
    this.#snapshot = undefined
  }

  snapshot(now: number): AggregateSnapshot {
    this.#snapshot ??= this.#take(now)
    return this.#snapshot
  }

  #take(now: number): AggregateSnapshot {
    const { completed, cancelled, failed, paused } = this.#byStatus
    const over = completed + cancelled + failed + paused === this.#uploads
    const speed = over ? 0 : this.#meter.rate(now)
    const allDone = completed > 0 && completed + cancelled === this.#uploads
    return {
      uploads: this.#uploads,
      byStatus: { ...this.#byStatus },
      totalBytes: this.#totalBytes,
      sentBytes: this.#sentBytes,
      percentage: percentageOf(this.#sentBytes, this.#totalBytes, allDone),
      speed,
      eta: etaOf(this.#totalBytes - this.#sentBytes, speed),
    }
  }
}
