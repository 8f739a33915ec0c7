import type { AggregateSnapshot, Upload, Uploader } from '@s3-bg-uploader/core'

/** The sums over the uploads of this command. A journal may hold many more, which only rest. */
export class OwnShare {
  readonly #uploader: Uploader<string>
  readonly #others: Set<string>
  #restingTotal = 0
  #restingSent = 0

  constructor(uploader: Uploader<string>) {
    this.#uploader = uploader
    this.#others = new Set()
    for (const upload of uploader.uploads()) {
      this.#others.add(upload.id)
      this.#count(upload, 1)
    }
  }

  /** The upload belongs to this command. Call before it goes on. */
  add(upload: Upload): void {
    if (this.#others.delete(upload.id)) this.#count(upload, -1)
  }

  getSnapshot(): Pick<AggregateSnapshot, 'percentage' | 'speed' | 'eta'> {
    const all = this.#uploader.getSnapshot()
    if (this.#restingTotal === 0) return all
    const total = all.totalBytes - this.#restingTotal
    const sent = all.sentBytes - this.#restingSent
    return {
      percentage: total === 0 ? 0 : (sent / total) * 100,
      speed: all.speed,
      eta: all.speed > 0 ? (total - sent) / all.speed : undefined,
    }
  }

  #count(upload: Upload, sign: 1 | -1): void {
    const { status, totalBytes, sentBytes } = upload.getSnapshot()
    // The sums of the uploader leave out what will never be sent.
    if (status === 'cancelled') return
    this.#restingTotal += sign * totalBytes
    this.#restingSent += sign * sentBytes
  }
}
