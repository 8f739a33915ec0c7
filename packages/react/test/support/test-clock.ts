import type { Clock } from '@s3-bg-uploader/core'

interface Timer {
  readonly at: number
  readonly ring: () => void
}

/** Time that passes only when a test says so. */
export class TestClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now = 1000

  now = (): number => this.#now

  wall = (): number => this.#now

  setTimer = (ring: () => void, delayMs: number): (() => void) => {
    const timer = { at: this.#now + delayMs, ring }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** Lets time pass: timers ring in order, and between two of them everything settles. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = next.at
      next.ring()
      await settled()
    }
    this.#now = end
  }

  #next(end: number): Timer | undefined {
    const [first] = [...this.#timers].sort((a, b) => a.at - b.at)
    return first !== undefined && first.at <= end ? first : undefined
  }
}

/** A macrotask begins only when no microtask is left. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
