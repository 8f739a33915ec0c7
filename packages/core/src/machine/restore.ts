import type { ErrorCode } from '../errors.ts'
import type { Step } from './decide.ts'
import { emptyEtags, withEtag } from './etag-table.ts'
import { partCount, partLength } from './plan.ts'
import {
  type Multipart,
  newMultipart,
  newUpload,
  type UploadFile,
  type UploadState,
} from './upload-state.ts'

/** What the journal keeps of one upload, its parts apart. */
export interface UploadRecord {
  readonly file: UploadFile
  readonly outcome: UploadState['outcome']
  readonly failedWith:
    | {
        readonly code: ErrorCode
        readonly step: Step
        readonly part: number | undefined
        readonly message: string
      }
    | undefined
  readonly paused: boolean
  readonly generation: number
  readonly restarts: number
  readonly hash: string | undefined
  /** Complete may have been sent, and its answer is not known. Written before it is sent. */
  readonly completeLost: boolean
  readonly key: string | undefined
  readonly parts: number
  readonly multipart:
    | { readonly key: string; readonly uploadId: string; readonly partSize: number }
    | undefined
  readonly abandoned: readonly { readonly key: string; readonly uploadId: string }[]
}

export function recordOf(state: UploadState): UploadRecord {
  const { multipart, abandoned, failedWith } = state
  return {
    file: state.file,
    outcome: state.outcome,
    failedWith: failedWith && {
      code: failedWith.code,
      step: failedWith.step,
      part: failedWith.part,
      message: failedWith.failure.message,
    },
    paused: state.paused,
    generation: state.generation,
    restarts: state.restarts,
    hash: state.hash ?? state.verifying?.hash,
    completeLost: state.completeLost || multipart?.completeTicket !== undefined,
    key: state.key,
    parts: state.parts,
    multipart: multipart && {
      key: multipart.key,
      uploadId: multipart.uploadId,
      partSize: multipart.partSize,
    },
    abandoned: abandoned.map(({ key, uploadId }) => ({ key, uploadId })),
  }
}

/** The upload as it goes on after a crash: with every part whose ETag the journal holds. */
export function restoreUpload(
  record: UploadRecord,
  etags: readonly (readonly [part: number, etag: string])[],
): UploadState {
  const { file, failedWith, abandoned } = record
  const multipart = record.multipart && {
    ...restoreMultipart(file.size, record.multipart, etags),
    completeTicket: record.completeLost ? 0 : undefined,
  }
  return {
    ...newUpload(file),
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
    abandoned: abandoned.map((one) => ({ ...one, job: undefined, failed: 0, retryAt: 0 })),
    sentBytes: record.outcome === 'completed' ? file.size : (multipart?.confirmedBytes ?? 0),
  }
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
