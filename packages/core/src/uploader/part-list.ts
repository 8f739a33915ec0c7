import { etagOf } from '../machine/etag-table.ts'
import type { Multipart } from '../machine/multipart.ts'
import { valueAt } from '../machine/part-table.ts'
import { partLength } from '../machine/plan.ts'
import type { UploadState } from '../machine/upload-state.ts'
import type { PartSnapshot } from './types.ts'

/** The parts of one upload as people see them, remembered so that what is the same stays the same. */
export class PartList {
  #of: Multipart | undefined
  #parts: readonly PartSnapshot[] = []

  take({ file, multipart }: UploadState): readonly PartSnapshot[] {
    if (multipart !== this.#of) {
      this.#of = multipart
      this.#parts = multipart === undefined ? [] : this.#renew(multipart, file.size)
    }
    return this.#parts
  }

  #renew(multipart: Multipart, fileSize: number): readonly PartSnapshot[] {
    const before = this.#parts
    const sent = new Map(multipart.flights.map(({ part, sentBytes }) => [part, sentBytes]))
    let changed = before.length !== multipart.parts
    const parts = Array.from({ length: multipart.parts }, (_, index) => {
      const partNumber = index + 1
      const size = partLength(fileSize, multipart.partSize, partNumber)
      const isConfirmed = etagOf(multipart.confirmed, partNumber) !== undefined
      const sentBytes = sent.get(partNumber)
      const state = isConfirmed ? 'confirmed' : sentBytes === undefined ? 'waiting' : 'sending'
      const part: PartSnapshot = {
        partNumber,
        size,
        state,
        sentBytes: isConfirmed ? size : (sentBytes ?? 0),
        attempts: valueAt(multipart.failedPuts, partNumber) ?? 0,
      }
      const known = before[index]
      if (known !== undefined && isSame(known, part)) return known
      changed = true
      return part
    })
    return changed ? parts : before
  }
}

function isSame(a: PartSnapshot, b: PartSnapshot): boolean {
  return (
    a.state === b.state &&
    a.sentBytes === b.sentBytes &&
    a.attempts === b.attempts &&
    a.size === b.size
  )
}
