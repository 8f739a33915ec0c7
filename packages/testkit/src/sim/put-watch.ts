import type { Range } from '@s3-bg-uploader/core'
import type { JournalLedger } from './journal-ledger.ts'
import type { IssuedUrl } from './sim-storage.ts'
import type { Trace } from './trace.ts'
import type { World } from './world.ts'

/** Watches that parts are sent as they are, once at a time, not too many, and not before the journal. */
export class PutWatch {
  readonly #world: World
  readonly #ledger: JournalLedger
  #underWay = 0

  constructor(world: World, ledger: JournalLedger) {
    this.#world = world
    this.#ledger = ledger
  }

  processEnded(): void {
    this.#underWay = 0
  }

  starts(trace: Trace, { upload, part }: IssuedUrl, range: Range): void {
    const world = this.#world
    const what = partName(upload.uploadId, part)
    this.#checkRange(upload.fileSize, part, range, trace.name)
    if (trace.puts.has(what)) {
      world.violate('2 no resend', `part ${part} of ${trace.name} is sent twice at once`)
    }
    if (this.#ledger.holdsPart(trace.id, upload.uploadId, part)) {
      world.violate('2 no resend', `part ${part} of ${trace.name} is journaled and sent again`)
    }
    // Of a multipart upload that the journal does not know a crash would leave nothing but costs.
    const known = this.#ledger.recordOf(trace.id)
    if (trace.id !== undefined && known?.uploadId !== upload.uploadId && !world.losesRecords) {
      world.violate(
        'journal',
        `part ${part} of ${trace.name} is sent before its upload is journaled`,
      )
    }
    this.#underWay += 1
    const most = world.plan.concurrency
    // What a queue holds is counted there.
    if (this.#underWay > most && !world.has('background')) {
      world.violate('7 bounds', `${this.#underWay} PUTs at once, ${most} allowed`)
    }
    trace.puts.add(what)
  }

  /** Whether it was still under way. */
  ends(trace: Trace, { upload, part }: IssuedUrl): boolean {
    const isKnown = trace.puts.delete(partName(upload.uploadId, part))
    if (isKnown) this.#underWay -= 1
    return isKnown
  }

  #checkRange(fileSize: number, part: number, { start, end }: Range, name: string): void {
    const { partSize } = this.#world.plan
    const first = (part - 1) * partSize
    if (start === first && end === Math.min(fileSize, first + partSize)) return
    this.#world.violate('1 bytes', `part ${part} of ${name} is sent as [${start}, ${end})`)
  }
}

/** What a part is called among all that can be tried. */
export function partName(uploadId: string, part: number): string {
  return `${uploadId}/${part}`
}
