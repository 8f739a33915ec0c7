import type { ControlCall } from '../errors.ts'
import type { Failure } from './failure.ts'
import type { Gate } from './rules.ts'
import type { Place } from './window.ts'

/** A part that the storage says it has (contract §2, listPartsApi). */
export interface ListedPart {
  readonly part: number
  readonly etag: string
  readonly size: number
}

/**
 * Everything that can happen to one upload. `now` is the monotonic clock in milliseconds; `draw` is
 * a random number in [0, 1) for the jitter of a retry that may follow.
 */
export type UploadEvent = { readonly now: number } & (
  | { readonly type: 'journaled'; readonly ticket: number }
  | { readonly type: 'admitted'; readonly gate: Gate }
  | { readonly type: 'gateChanged'; readonly gate: Gate }
  /** Its turn may come before its aging URLs are renewed, unless that begins now. */
  | { readonly type: 'slotAnnounced' }
  /** In a queue, with the place there. */
  | { readonly type: 'slotGranted'; readonly place?: Place | undefined }
  | {
      readonly type: 'opened'
      readonly size: number
      readonly lastModified: number | undefined
      /** Where the file is now, as JSON text; a changed file may be told apart by it. */
      readonly ref?: string | undefined
    }
  /** The application brought the file again. */
  | {
      readonly type: 'attached'
      readonly size: number
      readonly lastModified: number | undefined
      readonly ref?: string | undefined
    }
  /** The application added a file that this upload has already; it was opened once more for that. */
  | { readonly type: 'joined'; readonly ref: string | undefined }
  | { readonly type: 'openFailed'; readonly failure: Failure }
  | { readonly type: 'hashProgressed'; readonly ticket: number; readonly bytes: number }
  | { readonly type: 'hashed'; readonly ticket: number; readonly hash: string }
  | {
      readonly type: 'hashFailed'
      readonly ticket: number
      readonly failure: Failure
      readonly draw: number
    }
  | {
      readonly type: 'started'
      readonly ticket: number
      readonly key: string
      readonly uploadId: string
      readonly partSize: number
    }
  | {
      readonly type: 'signed'
      readonly ticket: number
      readonly urls: readonly {
        readonly part: number
        readonly url: string
        readonly lifeMs: number | undefined
      }[]
      readonly draw: number
    }
  | { readonly type: 'listed'; readonly ticket: number; readonly parts: readonly ListedPart[] }
  | { readonly type: 'completed'; readonly ticket: number }
  | { readonly type: 'aborted'; readonly ticket: number }
  | {
      readonly type: 'callFailed'
      readonly call: ControlCall
      readonly ticket: number
      readonly failure: Failure
      readonly draw: number
    }
  /** A queue that outlived the process still has these parts of the present generation. */
  | {
      readonly type: 'reattached'
      readonly tasks: readonly {
        readonly taskId: string
        readonly part: number
        readonly sentBytes: number
      }[]
    }
  /** Also that it begins, with no bytes sent yet. */
  | { readonly type: 'partProgressed'; readonly taskId: string; readonly sentBytes: number }
  /** It is not on its way, or not any more: the queue has yet to begin with it. */
  | { readonly type: 'partWaits'; readonly taskId: string }
  | {
      readonly type: 'partConfirmed'
      readonly taskId: string
      readonly part: number
      readonly generation: number
      readonly etag: string
    }
  | {
      readonly type: 'partFailed'
      readonly taskId: string
      readonly failure: Failure
      readonly draw: number
    }
  | { readonly type: 'woke'; readonly draw: number }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'cancel' }
  | { readonly type: 'retry' }
  /** What is over leaves the journal. */
  | { readonly type: 'forget' }
)
