import { UploadError } from '../errors.ts'
import { refsInNeed } from '../machine/restore.ts'
import { decodeJournal } from './decode-journal.ts'
import type { Restored } from './read-journal.ts'

/** What a journal with records comes to. `report` hears of what had to be set aside. */
export function restoreJournal(
  records: readonly (readonly [string, string])[],
  report: (error: UploadError) => void,
): Restored {
  const journal = decodeJournal(records)
  for (const key of journal.corrupt) {
    const message = `The journal record ${key} makes no sense and is set aside`
    report(new UploadError('record_corrupt', message))
  }
  for (const key of journal.newer) {
    const message = `The journal record ${key} is of a newer version and is set aside`
    report(new UploadError('record_newer', message))
  }
  const { uploads, orphans } = journal
  return { uploads, orphans, refs: refsInNeed(journal) }
}
