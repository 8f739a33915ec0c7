import { type EtagTable, emptyEtags } from './etag-table.ts'
import { emptyTable, type PartTable } from './part-table.ts'

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

export function hasAllParts({ confirmed, parts }: Multipart): boolean {
  return confirmed.size >= parts
}
