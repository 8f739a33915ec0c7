import type { Clock } from '../ports.ts'

/** At most 20 rounds of notifications a second, whatever the number of parts. */
const SPACING_MS = 50

export interface Notified {
  /** Tells its listeners. */
  notify(): void
}

/** Gathers changes and tells about them together. */
export class Notifier {
  readonly #clock: Clock
  readonly #dirty = new Set<Notified>()
  #cancelTimer: (() => void) | undefined
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  mark(changed: Notified): void {
    if (this.#closed) return
    this.#dirty.add(changed)
    this.#cancelTimer ??= this.#clock.setTimer(() => this.#flush(), SPACING_MS)
  }

  close(): void {
    this.#closed = true
    this.#cancelTimer?.()
    this.#flush()
  }

  #flush(): void {
    this.#cancelTimer = undefined
    const dirty = [...this.#dirty]
    this.#dirty.clear()
    for (const changed of dirty) changed.notify()
  }
}
