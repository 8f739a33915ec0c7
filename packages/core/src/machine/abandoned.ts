import type { Multipart } from './multipart.ts'
import type { Abandoned, Job, UploadState } from './upload-state.ts'

/**
 * More than this are a sign that abort does not work. Those that were given up first are left to
 * the lifecycle rule of the bucket, so that the record of the upload does not grow for ever.
 */
const MOST_ABANDONED = 32

/** The multipart upload is of no more use and waits to be aborted, once. */
export function abandon(state: UploadState, { key, uploadId }: Multipart): UploadState {
  const useless: Abandoned = { key, uploadId, job: undefined, failed: 0, retryAt: 0 }
  return { ...state, abandoned: [...state.abandoned, useless].slice(-MOST_ABANDONED) }
}

/** The one that is being aborted: there is never more than one such call. */
export function findAborting({ abandoned }: UploadState): Aborting | undefined {
  return abandoned.find(isAborting)
}

type Aborting = Abandoned & { readonly job: Job }

function isAborting(one: Abandoned): one is Aborting {
  return one.job !== undefined
}

/** The one whose turn it is to be aborted, if none is. */
export function findToAbort(state: UploadState, now: number): Abandoned | undefined {
  if (findAborting(state) !== undefined) return undefined
  return state.abandoned.find(({ retryAt }) => retryAt <= now)
}

/** Whether an abort call is under way or could be made. */
export function hasToAbort(state: UploadState, now: number): boolean {
  return findAborting(state) !== undefined || findToAbort(state, now) !== undefined
}

export function changeAbandoned(
  state: UploadState,
  one: Abandoned,
  change: Partial<Abandoned>,
): UploadState {
  const abandoned = state.abandoned.map((other) => (other === one ? { ...one, ...change } : other))
  return { ...state, abandoned }
}
