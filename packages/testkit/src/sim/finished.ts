import type { JournalLedger } from './journal-ledger.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/**
 * Watches that nothing that made an object is sent again behind the user's back, although the answer
 * to complete was lost, or nobody lived to hear it.
 */
export class Finished {
  readonly #world: World
  readonly #ledger: JournalLedger
  /** The core's ids of the uploads that made an object. */
  readonly #made = new Set<string>()

  constructor(world: World, ledger: JournalLedger) {
    this.#world = world
    this.#ledger = ledger
  }

  objectMade(uploadId: string): void {
    const id = this.#ledger.named.get(uploadId)
    if (id !== undefined) this.#made.add(id)
  }

  /**
   * The only complete there was went out twice on the way, and the copy that was answered found the
   * upload gone. The client was told nothing else, and what is lost begins anew (guarantee 5).
   */
  toldGone(id: string | undefined): void {
    if (id !== undefined) this.#made.delete(id)
  }

  /** The user saw why it failed, and asked for more. */
  userRetries(id: string | undefined): void {
    if (id !== undefined) this.#made.delete(id)
  }

  startStarts({ id, name }: Trace): void {
    if (id === undefined || !this.#made.has(id)) return
    if (this.#world.losesRecords) return
    this.#world.violate('3 complete', `${name} is in the storage and is sent again`)
  }
}
