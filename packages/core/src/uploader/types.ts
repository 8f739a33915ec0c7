import type { UploadError } from '../errors.ts'
import type { Status, Waiting } from '../machine/view.ts'
import type { Json, Platform, Store, Transport } from '../ports.ts'

/** Sent to the backend's endpoints only, never to presigned URLs. */
export type ControlHeaders = Readonly<Record<string, string>>

/** Where the backend is and how to talk to it (contract §2). */
export interface UploaderConfig {
  /** An absolute URL; called as `POST {startUploadApi}/`. */
  readonly startUploadApi: string
  /** An absolute URL; called as `POST {getUploadUrlsApi}/`. */
  readonly getUploadUrlsApi: string
  /** An absolute URL; called as `POST {completeApi}/{uploadId}/{key}`. */
  readonly completeApi: string
  /** Optional extension: lets lost ETags be recovered instead of sending the parts again. */
  readonly listPartsApi?: string | undefined
  /** Optional extension: called on cancel, so that no orphaned parts cost money. */
  readonly abortApi?: string | undefined
  /** An object, or a function that is asked before every request and once more after a 401. */
  readonly headers?: ControlHeaders | (() => ControlHeaders | Promise<ControlHeaders>) | undefined
  /** Default true: start and urls get exactly one slash at the end. False: as configured. */
  readonly trailingSlash?: boolean | undefined
  /** Default 'unquoted'. 'verbatim' sends ETags back with their quotes. */
  readonly etag?: 'unquoted' | 'verbatim' | undefined
}

/** What `createUploader` takes. */
export interface UploaderOptions<TFile> {
  /** Does the I/O. It belongs to this uploader, whose `close` closes it. */
  readonly transport: Transport<TFile>
  /** Where the journal is kept. Default: in memory, which survives nothing. */
  readonly store?: Store | undefined
  /** As given to `setConfig`. Without it, uploads of the journal wait for that. */
  readonly config?: UploaderConfig | undefined
  /**
   * The most PUTs at the same time, over all uploads. Default: what the transport says, else 6. The
   * machine finds out how many of them are of use: it begins with 6 at most, takes more while these
   * bring more, and fewer when the storage answers 503 or 429 or exchanges break. A background queue
   * sends as many at once as it sees fit.
   */
  readonly concurrency?: number | undefined
  /** Default true: unfinished uploads of the journal go on by themselves. */
  readonly autoStart?: boolean | undefined
  /** Replaces default ports; tests inject time, randomness and the network here. */
  readonly platform?: Partial<Platform> | undefined
  /**
   * Called with problems that stop no upload, such as a journal that cannot be written.
   * Default: they are written to the console.
   */
  readonly onProblem?: ((error: UploadError) => void) | undefined
}

/** What `uploadFile` takes besides the file. */
export interface UploadFileOptions {
  /** Groups uploads; `uploader.transfer(transferId)` tells about the group. */
  readonly transferId?: string | undefined
  /** Merged flat into the body of startUpload. */
  readonly userParams?: { readonly [name: string]: Json } | undefined
  /**
   * What to do with a file that is on its way already, or that was completed in the same transfer,
   * with the same userParams. 'join' (default): answer with the upload that exists. 'fail': throw
   * `duplicate_upload`.
   */
  readonly onDuplicate?: 'join' | 'fail' | undefined
  /**
   * A new upload is recorded as paused: nothing of it begins before resume(). One that exists stays
   * as it is. Default false.
   */
  readonly paused?: boolean | undefined
}

/** What is being done with an upload, or how it ended. */
export type UploadStatus = Status

/** Why nothing moves, and until when (milliseconds since the epoch) where that is known. */
export interface WaitingFor {
  /**
   * `file`: it is missing; `network`: offline; `retry`: a pause before the next attempt; `slot`:
   * others go first; `constraint`: such as "Wi-Fi only"; `config`: for `setConfig`.
   */
  readonly reason: Waiting['reason']
  /** Milliseconds since the epoch. */
  readonly until: number | undefined
  /**
   * With reason 'file': why the file could not be opened. After `permission_needed` call resume() on
   * a click; otherwise add the file again, or bring it back to its place and call resume().
   */
  readonly error?: UploadError | undefined
}

/** An immutable view of one upload; the same object until something changes. */
export interface UploadSnapshot {
  /** Unique in its journal, and the same after a restart. */
  readonly id: string
  /** Name of the file. */
  readonly name: string
  /** The group that it was added to. */
  readonly transferId: string | undefined
  /** What is being done, or how it ended. */
  readonly status: UploadStatus
  /** Size of the file in bytes. */
  readonly totalBytes: number
  /** Bytes hashed so far. */
  readonly hashedBytes: number
  /** Bytes sent, parts in flight included. Never falls while the same upload goes on. */
  readonly sentBytes: number
  /** Bytes of parts whose ETag is known. */
  readonly confirmedBytes: number
  /** 0 until startUpload answered. */
  readonly totalParts: number
  /** Parts whose ETag is known. */
  readonly confirmedParts: number
  /** Parts that are being sent now. */
  readonly partsInFlight: number
  /** 0 to 100, from sentBytes; 100 only when completed. */
  readonly percentage: number
  /** Bytes per second over the last seconds; 0 while nothing moves. */
  readonly speed: number
  /** Seconds to go, where speed allows a guess. */
  readonly eta: number | undefined
  /** Why nothing moves; undefined while something does. */
  readonly waitingFor: WaitingFor | undefined
  /** Set while status is failed. */
  readonly error: UploadError | undefined
  /** The object's key, once startUpload answered. */
  readonly key: string | undefined
  /** XXH64 of the file, 16 hex digits, once it is hashed. */
  readonly fileHash: string | undefined
}

/** An immutable view of one part; the same object until something of it changes. */
export interface PartSnapshot {
  /** From 1. */
  readonly partNumber: number
  /** Bytes. */
  readonly size: number
  /** 'confirmed': its ETag is known, and it is never sent again. */
  readonly state: 'waiting' | 'sending' | 'confirmed'
  /** Bytes sent of the PUT under way; all of a confirmed part, none of one that waits. */
  readonly sentBytes: number
  /** PUTs of this part that failed since the program began. Those that went offline do not count. */
  readonly attempts: number
}

/** Sums over a group of uploads; the same object until something changes. */
export interface AggregateSnapshot {
  /** How many there are. */
  readonly uploads: number
  /** How many there are of each status. */
  readonly byStatus: Readonly<Record<UploadStatus, number>>
  /** Of all files but the cancelled ones. */
  readonly totalBytes: number
  /** Bytes sent, parts in flight included. */
  readonly sentBytes: number
  /** 0 to 100, from sentBytes. */
  readonly percentage: number
  /** Bytes per second over the last seconds. */
  readonly speed: number
  /** Seconds to go, where speed allows a guess. */
  readonly eta: number | undefined
  /**
   * PUTs that may be under way at once now, over all uploads: found by trying, and never more than
   * `concurrency`. With a background transport it is always that many.
   */
  readonly slots: number
}

/** What React's `useSyncExternalStore` asks for. */
export interface Observable<TSnapshot> {
  /** The same object until something changes. */
  getSnapshot(): TSnapshot
  /** Calls back after a change, at most about 20 times a second. Returns what unsubscribes. */
  subscribe(listener: () => void): () => void
}

/** One file on its way. */
export interface Upload extends Observable<UploadSnapshot> {
  /** That of its snapshots. */
  readonly id: string
  /**
   * Resolves with the last snapshot when completed.
   * Rejects with an UploadError when failed or cancelled; never an unhandled rejection.
   * After retry() it is a new promise.
   */
  readonly done: Promise<UploadSnapshot>
  /**
   * Every part by its number, for those who draw a grid: made when called, and the same array as
   * before while nothing changed. Empty until startUpload answered, and again once the upload is
   * completed or cancelled: nothing is kept of its parts then.
   */
  parts(): readonly PartSnapshot[]
  /** Stops sending. What is confirmed stays; parts on their way are sent again later. */
  pause(): void
  /** Goes on after pause(). Looks once more for a file that it waits for, and asks for permission. */
  resume(): void
  /** Sends nothing more but the abort call, where abortApi is configured. */
  cancel(): void
  /**
   * Goes on after a failure, keeping the parts that are confirmed. After `complete_uncertain` it asks
   * once more and sends nothing again: whoever knows that there is no object cancels and adds anew.
   */
  retry(): void
  /** Removes it from the journal and from `uploads()`. What is not completed is cancelled. */
  forget(): void
}

/** A group of uploads with one transferId. Its listeners hear of every change of its uploads. */
export interface Transfer extends Observable<AggregateSnapshot> {
  /** As given to `uploadFile`. */
  readonly transferId: string
  /** Its uploads, in the order in which they were added. */
  uploads(): readonly Upload[]
  /** Pauses all that are not over. */
  pause(): void
  /** Resumes all that are paused or wait for their file. */
  resume(): void
  /** Cancels all that are not over. */
  cancel(): void
}

/**
 * Takes files in and knows all uploads of one journal. Its listeners hear of every change of its
 * uploads.
 */
export interface Uploader<TFile> extends Observable<AggregateSnapshot> {
  /**
   * Says where the backend is, from now on.
   *
   * @throws UploadError `config_invalid`.
   */
  setConfig(config: UploaderConfig): void
  /**
   * Opens and records the file. Resolves once the record is durable, before hashing. The same file
   * in the same transfer is one upload: a second call gets it, with the parts it has; a file that
   * its upload is waiting for is attached to it.
   *
   * @throws UploadError `config_missing`, `user_params_invalid`, `duplicate_upload`, `store_failed`,
   * `closed`, and what the transport's `open` throws.
   */
  uploadFile(file: TFile, options?: UploadFileOptions): Promise<Upload>
  /** In the order in which they were added. */
  uploads(): readonly Upload[]
  /** The group with this id, which may have no uploads yet. */
  transfer(transferId: string): Transfer
  /** Pauses all uploads that are not over. */
  pause(): void
  /** Resumes all that are paused or wait for their file. */
  resume(): void
  /** Cancels all that are not over. */
  cancel(): void
  /** Forgets every upload that is completed or cancelled. */
  prune(): void
  /** Stops all I/O, keeps the journal, and frees the transport and the store. Idempotent. */
  close(): Promise<void>
}
