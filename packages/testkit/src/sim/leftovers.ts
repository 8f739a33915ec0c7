import type { ClientProcess } from './client-process.ts'
import { ATTEMPTS } from './core-policy.ts'
import { type HttpAnswer, isRefusal, isSuccess } from './http-answer.ts'
import type { JournalLedger } from './journal-ledger.ts'
import type { SimStorage } from './sim-storage.ts'
import type { World } from './world.ts'

interface Abort {
  /** Calls that were made. */
  asked: number
  /** The process that lives heard that it is done. */
  done: boolean
  /** The backend said no for good. */
  refused: boolean
}

/**
 * Watches that the storage is told to forget every multipart upload that nobody needs, once: what is
 * never aborted costs money for ever. Once all faults are over it may still hold
 *
 * - what the record of an upload names as its own: one that is not over, or that failed;
 * - what nobody knows of: no answer to startUpload told its name, or the process that heard it ended
 *   before the name was in the journal;
 * - what the backend refused to abort, or failed to abort ten times.
 */
export class Leftovers {
  readonly #world: World
  readonly #storage: SimStorage
  readonly #ledger: JournalLedger
  readonly #heardBy = new Map<string, ClientProcess>()
  readonly #aborts = new Map<string, Abort>()

  constructor(world: World, storage: SimStorage, ledger: JournalLedger) {
    this.#world = world
    this.#storage = storage
    this.#ledger = ledger
  }

  startAnswered(client: ClientProcess, answer: HttpAnswer): void {
    const [, uploadId] = /"uploadId":"([^"]*)"/.exec(answer.body) ?? []
    if (uploadId !== undefined && isSuccess(answer)) this.#heardBy.set(uploadId, client)
  }

  abortStarts(uploadId: string, isUnderWay: boolean): void {
    const abort = this.#aborts.get(uploadId) ?? { asked: 0, done: false, refused: false }
    this.#aborts.set(uploadId, abort)
    abort.asked += 1
    if (isUnderWay) this.#world.violate('leftovers', `${uploadId} is aborted twice at once`)
    if (abort.done) this.#world.violate('leftovers', `${uploadId} is aborted again`)
  }

  /** @param isSecond it was sent once more with fresh headers */
  abortAnswered(uploadId: string, answer: HttpAnswer, isSecond: boolean): void {
    const abort = this.#aborts.get(uploadId)
    if (abort === undefined) return
    abort.done = isSuccess(answer)
    abort.refused = isRefusal(answer) && (answer.status !== 401 || isSecond)
  }

  /** The next process may not know what this one was told. */
  processEnded(): void {
    for (const abort of this.#aborts.values()) abort.done = false
  }

  /** Whether the core may have stopped asking. */
  gaveUp(uploadId: string): boolean {
    const { asked = 0, refused = false } = this.#aborts.get(uploadId) ?? {}
    return refused || asked >= ATTEMPTS
  }

  /** To be called when all is over. */
  check(): void {
    const needed = new Set([...this.#ledger.uploads.values()].map(({ uploadId }) => uploadId))
    for (const { uploadId, file } of this.#storage.uploads.values()) {
      if (needed.has(uploadId) || this.#isUnknown(uploadId) || this.gaveUp(uploadId)) continue
      this.#world.violate('leftovers', `${uploadId} of ${file} is of no use and is not aborted`)
    }
    this.#world.reach('checked for leftovers')
  }

  #isUnknown(uploadId: string): boolean {
    if (this.#ledger.named.has(uploadId)) return false
    return this.#heardBy.get(uploadId)?.ended !== false
  }
}
