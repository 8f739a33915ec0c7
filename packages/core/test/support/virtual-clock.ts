import type { Clock } from '../../src/ports.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** Longer chains of timers without any time passing are a bug: a busy loop. */
const MOST_TIMERS_AT_ONCE = 10_000

/** Time that passes only when a test says so. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now = 1000
  #wallOffset = Date.UTC(2026, 0, 2, 3, 4, 5) - 1000

  now = (): number => this.#now

  wall = (): number => this.#now + this.#wallOffset

  setTimer = (callback: () => void, delayMs: number): (() => void) => {
    if (!Number.isFinite(delayMs)) throw new Error(`A timer for ${delayMs} ms`)
    const timer = { at: this.#now + Math.max(0, delayMs), callback }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** Timers that have not rung yet. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    // A macrotask begins only when no microtask is left, however many begot one another.
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Lets time pass: timers ring in order, and between two of them everything settles. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await this.settle()
    let rung = 0
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      rung = next.at > this.#now ? 0 : rung + 1
      if (rung > MOST_TIMERS_AT_ONCE) throw new Error('Timers ring without any time passing')
      // After a suspension it is later than the alarm was set for.
      this.#now = Math.max(this.#now, next.at)
      this.#timers.delete(next)
      next.callback()
      await this.settle()
    }
    this.#now = Math.max(this.#now, end)
  }

  /** The machine is suspended: time passes and nothing runs. Overdue timers ring at `advance`. */
  suspend(ms: number): void {
    this.#now += ms
  }

  /** Lets time pass until no timer is left, at most for so long. */
  async exhaust(atMostMs = 24 * 60 * 60 * 1000): Promise<void> {
    const end = this.#now + atMostMs
    await this.settle()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      await this.advance(next.at - this.#now)
    }
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer
    }
    return first
  }
}
