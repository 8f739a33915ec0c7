import type { Clock } from '@s3-bg-uploader/core'

/** Midnight, so that times in messages are easy to read. */
const EPOCH = Date.UTC(2026, 0, 1)

/** Timers up to this length only gather notifications; real time must not be waited for. */
const GATHERING_MS = 50

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/**
 * A clock that stands still until a test lets time pass, while real I/O goes on. The server takes
 * its time from it too, so that retries, stalls and expiry happen when the test says so.
 */
export class VirtualClock implements Clock {
  #now = 0
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  wall(): number {
    return EPOCH + this.#now
  }

  /** How many timers wait to ring. */
  get timers(): number {
    return this.#timers.size
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    if (delayMs <= GATHERING_MS) {
      const immediate = setImmediate(callback)
      return () => clearImmediate(immediate)
    }
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Lets milliseconds pass; timers ring at their time, in order. */
  pass(ms: number): void {
    const end = this.#now + ms
    for (let timer = this.#firstUntil(end); timer; timer = this.#firstUntil(end)) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.at)
      timer.callback()
    }
    this.#now = end
  }

  #firstUntil(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer
    }
    return first
  }
}
