import type { ErrorCode } from '../errors.ts'
import type { RetryRules } from './backoff.ts'
import type { Step } from './decide.ts'
import { type EtagTable, emptyEtags } from './etag-table.ts'
import type { Failure } from './failure.ts'
import { emptyTable, type PartTable } from './part-table.ts'
import type { Reattach } from './reattach.ts'

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

/** What stops every upload at once; decided by the scheduler. */
export type Gate = 'open' | 'network' | 'constraint' | 'config'

/** What holds for the whole uploader at the time of a transition. */
export interface Rules {
  readonly retry: RetryRules
  /** Without progress for so many milliseconds a PUT or a control call is given up. */
  readonly stallMs: number
  /** How often NoSuchUpload may send an upload back to startUpload. */
  readonly restarts: number
  /** The most PUTs at the same time, over all uploads. */
  readonly slots: number
  /** So many of them may be under way now. */
  readonly slotsNow: number
  /**
   * Parts that the queue of the transport takes, over all uploads. Undefined for a transport that
   * sends at once what it is given.
   */
  readonly queueTasks: number | undefined
  /**
   * How parts that an earlier process sent off are taken over. Whoever has a queue that outlives the
   * process brings it along: nobody else needs it.
   */
  readonly reattach?: Reattach | undefined
  /** listPartsApi is configured. */
  readonly canList: boolean
  /** abortApi is configured; undefined as long as nothing is, when it may still come. */
  readonly canAbort: boolean | undefined
  /** The transport tells about progress, so silence means a stall. */
  readonly seesProgress: boolean
  /** The transport keeps what a ref names until it is told to release it. */
  readonly keepsFiles: boolean
}

/** A part that waits for its turn. */
export interface WaitingPart {
  readonly part: number
  /** Attempts that failed so far. */
  readonly failed: number
}

/** A waiting part with a presigned URL. Times are on the monotonic clock. */
export interface SignedPart extends WaitingPart {
  readonly url: string
  /** How long the URL was good for when it came, in milliseconds; Infinity if it does not tell. */
  readonly lifeMs: number
  readonly expiresAt: number
}

/** A part that failed and waits until it may be tried again. */
export interface DelayedPart extends SignedPart {
  readonly retryAt: number
}

/** A part on its way. */
export interface Flight extends SignedPart {
  readonly taskId: string
  /** False while a queue goes on with a part of an upload that is not admitted. */
  readonly holdsSlot: boolean
  /** What the queue had to send until this was done; undefined where there is no queue. */
  readonly load: number | undefined
  /** Undefined where nobody saw it: before this process began, or while it slept. */
  readonly startedAt: number | undefined
  /** When it last moved; Infinity while it waits in a queue, which is no standstill. */
  readonly movedAt: number
  readonly sentBytes: number
}

/** A urls call on its way. */
export interface Signing {
  readonly ticket: number
  readonly parts: readonly WaitingPart[]
  readonly askedAt: number
}

/** The S3 multipart upload that startUpload created. */
export interface Multipart {
  readonly key: string
  readonly uploadId: string
  readonly partSize: number
  readonly parts: number
  /** The ticket of the record that names it; no PUT starts before that is durable. */
  readonly recordTicket: number
  /**
   * The ticket of the record that says that complete is being sent; the call waits until that, and
   * with it every part, is durable. Undefined before, and again once the call is out of the question.
   */
  readonly completeTicket: number | undefined
  readonly confirmed: EtagTable
  readonly confirmedBytes: number
  /** PUTs that failed, by part: for people, so that confirming a part or retry() forgets none. */
  readonly failedPuts: PartTable<number>
  /** The lowest part number that was never handed out for signing. */
  readonly next: number
  /** Parts to be signed again, before `next`. */
  readonly returned: readonly WaitingPart[]
  /** Signed parts that wait for a slot. */
  readonly ready: readonly SignedPart[]
  readonly flights: readonly Flight[]
  readonly delayed: readonly DelayedPart[]
  /** Parts that were sent but whose ETag could not be read. */
  readonly blind: readonly WaitingPart[]
  /** Parts that were put anew because they took far longer than the others. */
  readonly hurried: readonly number[]
  /** The storage may know parts that we do not: ask it before sending anything. */
  readonly mustList: boolean
  /** The storage listed it after an answer to complete was lost, so the next refusal counts. */
  readonly stillThere: boolean
  readonly signing: Signing | undefined
  readonly signFailed: number
  readonly signRetryAt: number
  /** Measured durations in milliseconds, smoothed. */
  readonly partMs: number | undefined
  /** The durations of the last few parts, in milliseconds: one outlier does not move their median. */
  readonly recentMs: readonly number[]
  readonly signMs: number | undefined
  /** The shortest life that a URL came with, in milliseconds. */
  readonly urlLifeMs: number
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
  /**
   * What the scheduler was told last, `aging` if the URLs for it will soon be too old; undefined when a
   * grant has used that up.
   */
  readonly wantsSlot: boolean | 'aging' | undefined
  /** When the runtime was last asked to wake this upload; Infinity if it was not. */
  readonly wakeAt: number
}

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
    wantsSlot: false,
    wakeAt: Number.POSITIVE_INFINITY,
  }
}

/** A multipart upload of which nothing was sent yet. */
export function newMultipart({
  key,
  uploadId,
  partSize,
  parts,
  recordTicket,
}: Pick<Multipart, 'key' | 'uploadId' | 'partSize' | 'parts' | 'recordTicket'>): Multipart {
  return {
    key,
    uploadId,
    partSize,
    parts,
    recordTicket,
    completeTicket: undefined,
    confirmed: emptyEtags,
    confirmedBytes: 0,
    failedPuts: emptyTable,
    next: 1,
    returned: [],
    ready: [],
    flights: [],
    delayed: [],
    blind: [],
    hurried: [],
    mustList: false,
    stillThere: false,
    signing: undefined,
    signFailed: 0,
    signRetryAt: 0,
    partMs: undefined,
    recentMs: [],
    signMs: undefined,
    urlLifeMs: Number.POSITIVE_INFINITY,
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

export function hasAllParts({ confirmed, parts }: Multipart): boolean {
  return confirmed.size >= parts
}
