import type { Clock } from '@s3-bg-uploader/core'

/** A clock that only a test moves. */
export class VirtualTimers implements Clock {
  #now = 1000
  readonly #timers = new Set<{ readonly at: number; readonly ring: () => void }>()

  now = (): number => this.#now

  wall = (): number => Date.UTC(2026, 0, 2) + this.#now

  setTimer = (ring: () => void, delayMs: number): (() => void) => {
    const timer = { at: this.#now + delayMs, ring }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Lets time pass, and everything happen that happens until then. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#first(end); next !== undefined; next = this.#first(end)) {
      this.#now = Math.max(this.#now, next.at)
      this.#timers.delete(next)
      next.ring()
      await settle()
    }
    this.#now = end
  }

  #first(end: number): { readonly at: number; readonly ring: () => void } | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end)
    return due.sort((a, b) => a.at - b.at)[0]
  }
}

/** A macrotask begins only when no microtask is left, however many begot one another. */
async function settle(): Promise<void> {
  await new Promise(setImmediate)
}
