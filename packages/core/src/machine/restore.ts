import { multipartWith, stateWith } from './copy-with.ts'
import { emptyEtags, withEtag } from './etag-table.ts'
import { needsFile } from './kept-file.ts'
import { type Multipart, newMultipart } from './multipart.ts'
import { partCount, partLength } from './plan.ts'
import type { UploadRecord } from './upload-record.ts'
import { newUpload, type UploadState } from './upload-state.ts'

/** The upload as it goes on after a crash: with every part whose ETag the journal holds. */
export function restoreUpload(
  record: UploadRecord,
  etags: readonly (readonly [part: number, etag: string])[],
): UploadState {
  const { file, failedWith, abandoned } = record
  const multipart =
    record.multipart &&
    multipartWith(restoreMultipart(file.size, record.multipart, etags), {
      completeTicket: record.completeLost ? 0 : undefined,
    })
  const fresh = newUpload(file)
  return stateWith(fresh, {
    outcome: record.outcome,
    failedWith: failedWith && {
      code: failedWith.code,
      step: failedWith.step,
      part: failedWith.part,
      failure: { kind: 'local', code: failedWith.code, message: failedWith.message },
    },
    paused: record.paused,
    source: 'closed',
    recorded: true,
    generation: record.generation,
    restarts: record.restarts,
    hash: record.hash,
    hashedBytes: record.hash === undefined ? 0 : file.size,
    completeLost: record.completeLost,
    key: record.key,
    parts: record.parts,
    multipart,
    // Few have any, and an empty list of its own for each of the others would add up.
    abandoned:
      abandoned.length === 0
        ? fresh.abandoned
        : abandoned.map((one) => ({ ...one, job: undefined, failed: 0, retryAt: 0 })),
    sentBytes: record.outcome === 'completed' ? file.size : (multipart?.confirmedBytes ?? 0),
  })
}

function restoreMultipart(
  size: number,
  facts: { readonly key: string; readonly uploadId: string; readonly partSize: number },
  etags: readonly (readonly [part: number, etag: string])[],
): Multipart {
  const parts = partCount(size, facts.partSize)
  const known = etags.filter(([part]) => part >= 1 && part <= parts)
  let confirmed = emptyEtags
  let confirmedBytes = 0
  for (const [part, etag] of known) {
    confirmed = withEtag(confirmed, part, etag)
    confirmedBytes += partLength(size, facts.partSize, part)
  }
  return {
    ...newMultipart({ ...facts, parts, recordTicket: 0 }),
    confirmed,
    confirmedBytes,
    // Parts that were under way at the crash may have arrived.
    mustList: confirmed.size < parts,
  }
}

/**
 * The refs, as JSON text, that uploads of a journal need: what else a transport kept was left over
 * by a crash. Undefined where a record is set aside, since that one may need any of them.
 */
export function refsInNeed(journal: {
  readonly uploads: readonly UploadState[]
  readonly corrupt: readonly string[]
  readonly newer: readonly string[]
}): string[] | undefined {
  if (journal.corrupt.length > 0 || journal.newer.length > 0) return undefined
  return journal.uploads.filter(needsFile).flatMap(({ file }) => file.ref ?? [])
}
