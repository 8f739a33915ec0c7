import type { Clock } from '@s3-bg-uploader/core'
import { holdLock, type Locks } from '../journal/held-lock.ts'
import type { PageLifecycle } from './page-lifecycle.ts'

/** Milliseconds before a tab that could not lead stands again; another one may do better meanwhile. */
const REST_MS = 5000

export interface ElectionOptions {
  readonly locks: Locks
  /** Of the lock. */
  readonly name: string
  readonly lifecycle: PageLifecycle
  readonly clock: Pick<Clock, 'setTimer'>
  /**
   * Begins to lead, while the lock is held, unless the signal aborts before. Resolves with what ends
   * it, which is called when the signal has aborted.
   */
  readonly lead: (signal: AbortSignal) => Promise<() => Promise<void>>
  /** The tab was elected, but cannot lead. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Stands for election as long as the page is alive. Who holds the lock leads: the browser sees to it
 * that there is one, and gives the lock to the next when a tab ends, however it ends.
 */
export class Election {
  readonly #options: ElectionOptions
  readonly #stopListening: () => void
  readonly #over: Promise<void>
  #candidacy = new AbortController()
  #left = false
  #frozen = false
  #wake = (): void => {}

  constructor(options: ElectionOptions) {
    this.#options = options
    this.#stopListening = options.lifecycle.subscribe((frozen) => this.#freeze(frozen))
    this.#over = this.#run()
  }

  /** Resolves once this tab leads no more, and never will. */
  leave(): Promise<void> {
    this.#left = true
    this.#stopListening()
    this.#candidacy.abort()
    this.#wake()
    return this.#over
  }

  /** A page that stands still must neither lead nor be elected. */
  #freeze(frozen: boolean): void {
    this.#frozen = frozen
    if (frozen) this.#candidacy.abort()
    else this.#wake()
  }

  async #run(): Promise<void> {
    while (!this.#left) {
      if (this.#frozen) await this.#rest()
      else await this.#stand()
    }
  }

  async #stand(): Promise<void> {
    const { locks, name, onFailure } = this.#options
    const candidacy = new AbortController()
    this.#candidacy = candidacy
    try {
      const giveBack = await holdLock(locks, name, candidacy.signal, () => candidacy.abort())
      try {
        const end = await this.#options.lead(candidacy.signal)
        await aborted(candidacy.signal)
        await end()
      } finally {
        giveBack()
      }
    } catch (error) {
      // Nobody waits for this tab to lead any more; should it stand again, it finds out again.
      if (candidacy.signal.aborted) return
      onFailure(error)
      await this.#rest(REST_MS)
    }
  }

  /** Until the page is resumed, the tab leaves, or so much time has passed. */
  async #rest(ms?: number): Promise<void> {
    if (this.#left) return
    await new Promise<void>((resolve) => {
      const cancel = ms === undefined ? () => {} : this.#options.clock.setTimer(resolve, ms)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    this.#wake = () => {}
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
