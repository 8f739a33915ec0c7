/** Speed is what moved within the last so many milliseconds. */
const WINDOW_MS = 5000
/** Closer samples add nothing. */
const SPACING_MS = 100

/** Bytes per second over the last seconds, from a count of bytes that only grows. */
export class SpeedMeter {
  #samples: { readonly at: number; readonly bytes: number }[] = []
  #latest = { at: 0, bytes: 0 }

  note(at: number, bytes: number): void {
    if (this.#samples.length > 0 && bytes === this.#latest.bytes) return
    // After a restart the count begins anew.
    if (bytes < this.#latest.bytes) this.#samples = []
    const last = this.#samples.at(-1)
    this.#latest = { at, bytes }
    if (last === undefined || at - last.at >= SPACING_MS) this.#samples.push(this.#latest)
  }

  rate(now: number): number {
    while (this.#samples.length > 1 && now - (this.#samples[1]?.at ?? now) > WINDOW_MS) {
      this.#samples.shift()
    }
    const first = this.#samples[0]
    if (first === undefined || now - this.#latest.at > WINDOW_MS) return 0
    const elapsed = now - first.at
    return elapsed <= 0 ? 0 : ((this.#latest.bytes - first.bytes) / elapsed) * 1000
  }
}
