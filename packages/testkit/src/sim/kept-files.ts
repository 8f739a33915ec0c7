import { type Json, UploadError } from '@s3-bg-uploader/core'
import type { ClientProcess } from './client-process.ts'
import type { JournalLedger } from './journal-ledger.ts'
import { never } from './party.ts'
import type { World } from './world.ts'

/** What the device keeps of the files that a transport opened, until it is told to free it. */
export class KeptFiles {
  readonly #world: World
  readonly #ledger: JournalLedger
  readonly #kept = new Set<number>()
  #last = 0
  /** The platform asks before it gives a kept file out again, and only on a click. */
  #asks = false

  constructor(world: World, ledger: JournalLedger) {
    this.#world = world
    this.#ledger = ledger
  }

  get size(): number {
    return this.#kept.size
  }

  keep(): number {
    this.#last += 1
    this.#kept.add(this.#last)
    return this.#last
  }

  /** Looks for what a ref names. */
  check(ref: Json): void {
    if (this.#asks) {
      this.#world.reach('permission needed')
      throw new UploadError('permission_needed', 'The user must be asked')
    }
    if (!this.#kept.has(idIn(ref))) throw new UploadError('file_not_found', 'It is not kept')
  }

  /** The user clicks: what is asked for from now on is permitted. */
  permit(): void {
    this.#asks = false
  }

  /** What a transport of this process has for it. */
  portsFor(client: ClientProcess): {
    readonly release: (ref: Json) => Promise<void>
    readonly retain: (refs: readonly Json[]) => Promise<void>
  } {
    this.#asks = this.#world.random.chance('kept.asks', 0.3)
    return {
      release: (ref) => this.#free(client, [idIn(ref)]),
      retain: (refs) => {
        const needed = new Set(refs.map(idIn))
        return this.#free(
          client,
          [...this.#kept].filter((id) => !needed.has(id)),
        )
      },
    }
  }

  async #free(client: ClientProcess, ids: readonly number[]): Promise<void> {
    const world = this.#world
    if (!client.enter()) return never()
    const ms = world.about('kept.free', world.plan.storeMs)
    if (ms > 0) await new Promise<void>((resolve) => client.clock.setTimer(resolve, ms))
    if (!client.enter()) return never()
    if (world.strikes('store-failure')) throw new Error('EIO')
    for (const id of ids) this.#forget(id)
  }

  #forget(id: number): void {
    for (const { name, outcome, keptId } of this.#ledger.uploads.values()) {
      const isNeeded = outcome === undefined || outcome === 'failed'
      if (keptId !== id || !isNeeded) continue
      this.#world.violate('kept files', `the file of ${name} is freed, and still needed`)
    }
    if (this.#kept.delete(id)) this.#world.reach('kept file freed')
  }
}

function idIn(ref: Json): number {
  return Number((ref as { readonly kept?: number }).kept)
}
