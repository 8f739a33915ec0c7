import type { UploadState } from '../machine/upload-state.ts'
import { type Status, statusOf } from '../machine/view.ts'
import { etaOf, percentageOf } from './snapshot.ts'
import { SpeedMeter } from './speed-meter.ts'
import type { AggregateSnapshot } from './types.ts'

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

  /** Counts an upload by another state; undefined is one that is not, or no longer, there. */
  change(before: UploadState | undefined, after: UploadState | undefined): void {
    this.#count(before, -1)
    this.#count(after, 1)
    this.#snapshot = undefined
  }

  #count(state: UploadState | undefined, sign: 1 | -1): void {
    if (state === undefined) return
    const status = statusOf(state)
    this.#uploads += sign
    this.#byStatus[status] += sign
    // What was cancelled will never be sent: with it no group would ever come to 100 %.
    if (status === 'cancelled') return
    this.#totalBytes += sign * state.file.size
    this.#sentBytes += sign * state.sentBytes
  }

  /** Call before a snapshot whose speed must be up to date. */
  tick(now: number): void {
    this.#meter.note(now, this.#sentBytes)
    this.#snapshot = undefined
  }

  snapshot(now: number, slots: number): AggregateSnapshot {
    if (this.#snapshot?.slots !== slots) this.#snapshot = this.#take(now, slots)
    return this.#snapshot
  }

  #take(now: number, slots: number): AggregateSnapshot {
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
      slots,
    }
  }
}

/** Whether both states add the same to the sums. */
export function countsSame(a: UploadState, b: UploadState): boolean {
  return a.sentBytes === b.sentBytes && a.file.size === b.file.size && statusOf(a) === statusOf(b)
}
