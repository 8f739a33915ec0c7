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
  readonly #gather: () => void
  readonly #dirty = new Set<Notified>()
  #cancelTimer: (() => void) | undefined
  #closed = false

  /** @param gather marks what else follows from the changes, before they are told. */
  constructor(clock: Clock, gather: () => void) {
    this.#clock = clock
    this.#gather = gather
  }

  mark(changed: Notified): void {
    this.#dirty.add(changed)
    this.wake()
  }

  /** There will be something to gather. */
  wake(): void {
    if (this.#closed) return
    this.#cancelTimer ??= this.#clock.setTimer(() => this.#flush(), SPACING_MS)
  }

  close(): void {
    this.#flush()
    this.#closed = true
    this.#cancelTimer?.()
  }

  #flush(): void {
    this.#gather()
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const dirty = [...this.#dirty]
    this.#dirty.clear()
    for (const changed of dirty) changed.notify()
  }
}
