import type { Traffic } from './settings.ts'

/** Counts what arrives, so that whoever sends nothing does not win. */
export class TrafficMeter {
  bytes = 0
  puts = 0
  refused = 0
  reset = 0
  inFlight = 0
  #firstAt: number | undefined
  #changedAt = 0
  /** PUT-milliseconds so far, and as they were when the last PUT began. */
  #area = 0
  #areaAtLast = 0
  #lastAt = 0

  begin(): void {
    this.#change(1)
    this.puts += 1
    this.#firstAt ??= this.#changedAt
    this.#lastAt = this.#changedAt
    this.#areaAtLast = this.#area
  }

  end(): void {
    this.#change(-1)
  }

  /** What was seen since the last call. */
  take(): Traffic {
    const { bytes, puts, refused, reset } = this
    const span = this.#lastAt - (this.#firstAt ?? 0)
    const parallel = span > 0 ? this.#areaAtLast / span : 0
    this.bytes = this.puts = this.refused = this.reset = this.#area = this.#areaAtLast = 0
    this.#firstAt = undefined
    return { bytes, puts, refused, reset, parallel }
  }

  #change(by: 1 | -1): void {
    const now = performance.now()
    if (this.#firstAt !== undefined) this.#area += this.inFlight * (now - this.#changedAt)
    this.#changedAt = now
    this.inFlight += by
  }
}
