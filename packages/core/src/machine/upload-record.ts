import type { ErrorCode } from '../errors.ts'
import type { Step } from './decide.ts'
import type { UploadFile, UploadState } from './upload-state.ts'

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
