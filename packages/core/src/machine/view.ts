import type { Gate } from './rules.ts'
import { isBeingJournaled, stageOf, type UploadState } from './upload-state.ts'

export type Status =
  | 'queued'
  | 'hashing'
  | 'starting'
  | 'uploading'
  | 'completing'
  | 'completed'
  | 'paused'
  | 'failed'
  | 'cancelled'

/** Why nothing moves, and until when on the monotonic clock, where that is known. */
export interface Waiting {
  readonly reason: 'file' | 'network' | 'retry' | 'slot' | 'constraint' | 'config'
  readonly until: number | undefined
}

export function statusOf(state: UploadState): Status {
  if (state.outcome !== undefined) return state.outcome
  if (state.paused) return 'paused'
  if (state.admission !== 'granted' || state.source !== 'open') return 'queued'
  return stageOf(state)
}

/** What an upload waits for while nothing of it is under way. */
export function waitingFor(state: UploadState, gate: Gate): Waiting | undefined {
  if (state.outcome !== undefined || state.paused) return undefined
  if (state.source === 'missing') return { reason: 'file', until: undefined }
  if (gate !== 'open') return { reason: gate, until: undefined }
  if (state.admission !== 'granted') return { reason: 'slot', until: undefined }
  if (state.source === 'opening' || state.hashing !== undefined || state.call !== undefined) {
    return undefined
  }
  const { multipart } = state
  if (multipart !== undefined && isBeingJournaled(state, multipart)) return undefined
  if (stageOf(state) !== 'uploading' || multipart === undefined) {
    return state.callRetryAt > 0 ? { reason: 'retry', until: state.callRetryAt } : undefined
  }
  if (multipart.flights.length > 0) return undefined
  // A part that waits for its retry keeps its place, so others may be ready and wait for it too.
  if (multipart.ready.length > 0 && multipart.delayed.length === 0) {
    return { reason: 'slot', until: undefined }
  }
  if (multipart.signing !== undefined) return undefined
  const retries = multipart.delayed.map(({ retryAt }) => retryAt)
  if (multipart.signFailed > 0) retries.push(multipart.signRetryAt)
  if (state.callFailed > 0) retries.push(state.callRetryAt)
  return retries.length === 0 ? undefined : { reason: 'retry', until: Math.min(...retries) }
}
