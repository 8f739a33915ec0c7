import type { Finished } from './finished.ts'
import { type HttpAnswer, isNotNow, isSuccess } from './http-answer.ts'
import type { JournalLedger } from './journal-ledger.ts'
import type { StoredUpload } from './sim-storage.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** Watches that complete is called with all parts, once at a time, and after the journal says so. */
export class CompleteWatch {
  readonly #world: World
  readonly #ledger: JournalLedger
  readonly #finished: Finished

  constructor(world: World, ledger: JournalLedger, finished: Finished) {
    this.#world = world
    this.#ledger = ledger
    this.#finished = finished
  }

  starts(
    trace: Trace,
    { uploadId, fileSize }: StoredUpload,
    parts: readonly { readonly PartNumber: number }[],
  ): void {
    const { plan } = this.#world
    const numbers = parts.map(({ PartNumber }) => PartNumber)
    const count = Math.max(1, Math.ceil(fileSize / plan.partSize))
    if (numbers.length !== count || numbers.some((part, at) => part !== at + 1)) {
      const why = `${trace.name} has ${count} parts and is completed with ${numbers.join(' ')}`
      this.#world.violate('3 complete', why)
    }
    this.#checkJournal(trace, uploadId, numbers)
    if (trace.completes.has(uploadId)) {
      this.#world.violate('3 complete', `${trace.name} is completed twice at once`)
    }
    if (trace.completed.has(uploadId) && plan.faults.size === 0) {
      this.#world.violate('3 complete', `${trace.name} is completed again`)
    }
    trace.completes.add(uploadId)
  }

  #checkJournal(trace: Trace, uploadId: string, parts: readonly number[]): void {
    if (this.#world.losesRecords) return
    // After a crash the storage would no longer know the upload, and a part would be missing.
    const lacks = parts.find((part) => !this.#ledger.holdsPart(trace.id, uploadId, part))
    if (lacks !== undefined && trace.id !== undefined) {
      this.#world.violate('journal', `${trace.name} is completed before part ${lacks} is journaled`)
    }
    // After a crash nobody would know that the object may exist.
    if (this.#ledger.recordOf(trace.id)?.completeLost === false) {
      this.#world.violate('journal', `${trace.name} is completed before the journal says so`)
    }
  }

  ended(trace: Trace, uploadId: string, answer: HttpAnswer | undefined): void {
    trace.completes.delete(uploadId)
    if (answer === undefined || isNotNow(answer)) trace.uncertain = true
    else if (isSuccess(answer)) trace.completed.add(uploadId)
    else if (!trace.uncertain && answer.body.includes('NoSuchUpload')) {
      this.#finished.toldGone(trace.id)
    }
  }

  /** What was under way when the process died may have been done. */
  processEnded(trace: Trace): void {
    if (trace.completes.size > 0 || this.#ledger.recordOf(trace.id)?.completeLost) {
      trace.uncertain = true
    }
    trace.completes.clear()
  }
}
