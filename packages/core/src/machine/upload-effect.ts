import type { ControlCall } from '../errors.ts'
import type { Landing } from './landing.ts'

/** Everything that an upload may ask for. The answer, where there is one, is an event. */
export type UploadEffect =
  /**
   * → `journaled` with the same ticket, also when the store failed: until then nothing is known of
   * this record, nor of what was journaled before it.
   */
  | { readonly type: 'journalUpload'; readonly ticket: number }
  /** Once it is durable the queue may forget the task, if it was one. */
  | {
      readonly type: 'journalPart'
      readonly taskId: string | undefined
      readonly generation: number
      readonly part: number
      readonly etag: string
    }
  /** The parts of this generation are no longer of use. */
  | { readonly type: 'forgetParts'; readonly generation: number; readonly parts: number }
  /** The upload leaves the journal. */
  | { readonly type: 'forgetUpload' }
  /**
   * The transport may free what this ref names: once everything journaled before is durable, and not
   * at all where that failed, since a crash would bring the upload back.
   */
  | { readonly type: 'releaseRef'; readonly ref: string }
  /** → `admitted`, some day */
  | { readonly type: 'requestAdmission' }
  /** Gives back the admission and every slot. */
  | { readonly type: 'withdraw' }
  /**
   * → `slotGranted`, at most `slots` times, and `slotAnnounced` before that if its URLs are aging. Takes
   * the place of what was said before; with the number of parts that still need a slot, the bytes of a
   * part and how long its URLs live at least, in milliseconds.
   */
  | {
      readonly type: 'wantSlots'
      readonly slots: number
      readonly aging: boolean
      readonly left: number
      readonly bytes: number
      readonly lifeMs: number
    }
  /** With the time that a part took in a queue, for each unit of its load, and how its exchange ended. */
  | {
      readonly type: 'releaseSlots'
      readonly count: number
      readonly msPerLoad?: number | undefined
      readonly landing?: Landing | undefined
    }
  /** → `admitted`, at once: so many of its parts, of so many bytes each, are in a queue already. */
  | { readonly type: 'keepSlots'; readonly count: number; readonly bytes: number }
  /** → `opened` or `openFailed` */
  | { readonly type: 'openSource' }
  | { readonly type: 'closeSource' }
  /** → `hashProgressed`, then `hashed` or `hashFailed` */
  | { readonly type: 'hash'; readonly ticket: number }
  | { readonly type: 'stopHash' }
  /** → `started` or `callFailed` */
  | { readonly type: 'callStart'; readonly ticket: number }
  /** → `signed` or `callFailed` */
  | { readonly type: 'callUrls'; readonly ticket: number; readonly parts: readonly number[] }
  /** → `listed` or `callFailed` */
  | { readonly type: 'callList'; readonly ticket: number }
  /** → `completed` or `callFailed` */
  | { readonly type: 'callComplete'; readonly ticket: number }
  /** → `aborted` or `callFailed` */
  | {
      readonly type: 'callAbort'
      readonly ticket: number
      readonly key: string
      readonly uploadId: string
    }
  /** The answer of this call is no longer wanted. */
  | { readonly type: 'dropCall'; readonly call: ControlCall; readonly ticket: number }
  /** → `partProgressed`, then `partConfirmed` or `partFailed` */
  | {
      readonly type: 'put'
      readonly taskId: string
      readonly part: number
      readonly generation: number
      readonly url: string
      readonly start: number
      readonly end: number
    }
  | { readonly type: 'cancelPuts'; readonly taskIds: readonly string[] }
  /** → `woke` at that time or later, instead of any time asked for before; Infinity: never */
  | { readonly type: 'wake'; readonly at: number }
