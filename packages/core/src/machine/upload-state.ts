import type { ErrorCode } from '../errors.ts'
import type { Step } from './decide.ts'
import type { Failure } from './failure.ts'
import { hasAllParts, type Multipart } from './multipart.ts'
import type { Gate } from './rules.ts'

/** What is known of a file from the moment it is added. */
export interface UploadFile {
  readonly id: string
  /** Position in the order of adding: the older of two uploads gets a slot first. */
  readonly order: number
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly lastModified: number | undefined
  readonly transferId: string | undefined
  /** The userParams as JSON text: opaque to the machine. */
  readonly userParams: string | undefined
  /** Where the file is, as JSON text: opaque to the machine. */
  readonly ref: string | undefined
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Asynchronous work that was handed out; results with another ticket are stale. */
export interface Job {
  readonly ticket: number
  readonly startedAt: number
}

export interface LifecycleCall extends Job {
  readonly kind: 'start' | 'complete' | 'list'
}

/** A multipart upload that nobody needs any more and that the storage should forget. */
export interface Abandoned {
  readonly key: string
  readonly uploadId: string
  readonly job: Job | undefined
  readonly failed: number
  readonly retryAt: number
}

/** Why an upload failed. */
export interface FailedWith {
  readonly code: ErrorCode
  readonly step: Step
  readonly part: number | undefined
  readonly failure: Failure
}

/** What must come out when a file is hashed again, and what is known of the file now. */
export interface Verification {
  readonly hash: string
  readonly lastModified: number | undefined
}

/** One upload. Facts only: what happens next follows from them in `advance.ts`. */
export interface UploadState {
  readonly file: UploadFile
  readonly outcome: 'completed' | 'failed' | 'cancelled' | undefined
  readonly failedWith: FailedWith | undefined
  readonly paused: boolean
  /** Whether the scheduler lets this upload work. */
  readonly admission: 'none' | 'requested' | 'granted'
  readonly gate: Gate
  readonly source: 'open' | 'closed' | 'opening' | 'missing'
  /** Why the file could not be opened, while it is missing. */
  readonly missingFor: FailedWith | undefined
  /** The journal holds this upload. */
  readonly recorded: boolean
  /** The last ticket given to asynchronous work. */
  readonly ticket: number
  /** The latest ticket of a record that is durable, and all that was journaled before with it. */
  readonly journaled: number
  /** Counts the multipart uploads of this file; part records of older ones are void. */
  readonly generation: number
  readonly hashing: Job | undefined
  readonly hashedBytes: number
  readonly hash: string | undefined
  /** The file looks changed: it is hashed again to see whether its content is what was hashed. */
  readonly verifying: Verification | undefined
  readonly call: LifecycleCall | undefined
  /** Failed attempts to hash or of the present lifecycle call, and when to try again. */
  readonly callFailed: number
  readonly callRetryAt: number
  /**
   * A complete call may have been sent whose answer never came, so the object may exist. What lists
   * the parts now may still put them together: this holds until the multipart upload is left.
   */
  readonly completeLost: boolean
  readonly multipart: Multipart | undefined
  /** In the order in which they were given up. */
  readonly abandoned: readonly Abandoned[]
  /** The key, kept for people after the multipart upload is done. */
  readonly key: string | undefined
  /** Number of parts, kept likewise; 0 until there is a plan. */
  readonly parts: number
  readonly restarts: number
  /** The most bytes that were ever on their way in this generation. */
  readonly sentBytes: number
  /** What the scheduler was told, less what it granted since; undefined where it must be told anew. */
  readonly wanted: Wanted | undefined
  /** When the runtime was last asked to wake this upload; Infinity if it was not. */
  readonly wakeAt: number
}

/** Slots that an upload could use. */
export interface Wanted {
  readonly slots: number
  /** The URLs for them will soon be too old. */
  readonly aging: boolean
}

/** One for all: most uploads wait, and there are many of them. */
const NO_SLOTS: Wanted = { slots: 0, aging: false }

/** One for all: most uploads never abandon anything, and there are many of them. */
const NONE: readonly Abandoned[] = []

/** A file that was just added; with its hash, if that is known from before. */
export function newUpload(file: UploadFile, hash?: string): UploadState {
  return {
    file,
    outcome: undefined,
    failedWith: undefined,
    paused: false,
    admission: 'none',
    gate: 'open',
    source: 'open',
    missingFor: undefined,
    recorded: false,
    ticket: 0,
    journaled: 0,
    generation: 0,
    hashing: undefined,
    hashedBytes: hash === undefined ? 0 : file.size,
    hash,
    verifying: undefined,
    call: undefined,
    callFailed: 0,
    callRetryAt: 0,
    completeLost: false,
    multipart: undefined,
    abandoned: NONE,
    key: undefined,
    parts: 0,
    restarts: 0,
    sentBytes: 0,
    wanted: NO_SLOTS,
    wakeAt: Number.POSITIVE_INFINITY,
  }
}

/** Whether something must become durable before the next part, or complete, can be sent. */
export function isBeingJournaled(
  { journaled }: UploadState,
  { recordTicket, completeTicket = recordTicket }: Multipart,
): boolean {
  return journaled < Math.max(recordTicket, completeTicket)
}

/** What an upload is busy with, as long as it has no outcome. */
export type Stage = 'hashing' | 'starting' | 'uploading' | 'completing'

export function stageOf(state: UploadState): Stage {
  if (state.hash === undefined) return 'hashing'
  if (state.multipart === undefined) return 'starting'
  return hasAllParts(state.multipart) ? 'completing' : 'uploading'
}
