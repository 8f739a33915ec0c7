/**
 * What the core needs from a platform, as small interfaces named by role.
 *
 * A new platform implements `Transport` (and `Store`, if it has a place of its own to keep the
 * journal); the other ports have defaults that work wherever `fetch` and timers exist.
 */

/** Bytes `[start, end)` of a file. `start === end` is an empty range. */
export interface Range {
  /** Offset of the first byte. */
  readonly start: number
  /** Offset behind the last byte. */
  readonly end: number
}

/** A value that survives `JSON.stringify` unchanged. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json }

/** What a transport can do. Conformance tests skip by these, and only by these. */
export interface Capabilities {
  /** `onProgress` tells about bytes while a part is on its way. */
  readonly progress: boolean
  /** A source has a `ref` from which another process can open it again. */
  readonly reopen: boolean
  /** A source hashes its file itself. */
  readonly nativeHash: boolean
  /** The transport owns a queue that outlives the process. */
  readonly background: boolean
}

/** One part on its way to a presigned URL. */
export interface PutRequest {
  /** Opaque, to be used exactly as received: its query is a secret and its form is signed. */
  readonly url: string
  /** The bytes to send. */
  readonly range: Range
  /** Ends the exchange: the connection is closed, and `put` rejects. */
  readonly signal: AbortSignal
  /** Bytes of this part handed to the network so far: never falls, never exceeds the part. */
  readonly onProgress: (sentBytes: number) => void
}

/** The answer to a PUT. Statuses are data: a 403 is an answer, not an exception. */
export interface PutResponse {
  /** Any HTTP status. */
  readonly status: number
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>
  /** The beginning (at most 4 KiB) of the body of an answer that is not 2xx, where known. */
  readonly body?: string
}

/** A file, as the transport opened it. */
export interface Source {
  /** What the backend is told as `fileName`, without folders. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch, where the platform tells. */
  readonly lastModified: number | undefined
  /** From which `reopen` opens the file again, in another process too. */
  readonly ref: Json | undefined
  /**
   * Reads a range for hashing. The result may be a view of `into` (at least as long as the range)
   * or memory of its own. The next call, with another `into`, leaves it as it is: while one range is
   * hashed the next one is read.
   *
   * @throws UploadError `source_changed` when the file is no longer the one that was opened or
   * ends before the range does; `file_not_found`, `file_unreadable`.
   */
  read(range: Range, into: Uint8Array): Promise<Uint8Array>
  /** Hashes the whole file natively: XXH64, seed 0, 16 lower-case hex digits. */
  hash?(options: {
    readonly signal: AbortSignal
    readonly onProgress: (hashedBytes: number) => void
  }): Promise<string>
  /** Frees what the source holds. Idempotent; nothing else is called afterwards. */
  close(): Promise<void>
}

/** A source that sends its own parts while the process lives. */
export interface ForegroundSource extends Source {
  /**
   * Sends one part with method PUT and resolves with whatever was answered.
   *
   * @throws UploadError `source_changed` when the bytes sent may not be those of the file that was
   * opened, `file_unreadable` and the like when they could not be read; anything else that is
   * thrown counts as a broken exchange and is tried again.
   */
  put(request: PutRequest): Promise<PutResponse>
}

/** One part for a background queue. `id` is unique: enqueueing it twice sends it once. */
export interface PartTask {
  /** Names the task in everything that the queue tells. */
  readonly id: string
  /** A secret, to be used exactly as it is. */
  readonly url: string
  /** The bytes to send. */
  readonly range: Range
  /** The file, as its source named it. */
  readonly ref: Json
}

/**
 * What a background queue knows of one task. A running one that stands still for a minute is given up
 * by the core; a waiting one is left alone, so a queue that holds what it had begun says so.
 */
export type PartTaskStatus =
  | { readonly id: string; readonly state: 'waiting' }
  | { readonly id: string; readonly state: 'running'; readonly sentBytes: number }
  | { readonly id: string; readonly state: 'answered'; readonly response: PutResponse }
  | { readonly id: string; readonly state: 'broken'; readonly error: unknown }

/** How much a queue takes: it has to last while nobody can add to it. */
export interface QueueWindow {
  /** Parts, those on their way included. */
  readonly tasks: number
  /** Bytes of these parts. One part alone may have more. */
  readonly bytes: number
}

/** A queue of parts that outlives the process. Events are advisory; `list` is the truth. */
export interface PartQueue {
  /** Resolves once the tasks are recorded; known ids are left alone. */
  enqueue(tasks: readonly PartTask[]): Promise<void>
  /** Everything the queue knows, results that were not acknowledged included. */
  list(): Promise<readonly PartTaskStatus[]>
  /** Stops and forgets the tasks. Unknown ids are ignored. */
  cancel(ids: readonly string[]): Promise<void>
  /** Forgets finished tasks. Unknown ids are ignored. */
  acknowledge(ids: readonly string[]): Promise<void>
  /**
   * How much may be in the queue now. Asked at the start, and again after tasks were enqueued. Until
   * the answer comes, and where nobody answers: as many parts as `concurrency` says.
   */
  window?(): Promise<QueueWindow>
  /**
   * Everything that followed from what the queue told is done: results are journaled and acknowledged,
   * and what may be sent is enqueued. Whoever woke the process for that may let it sleep. Called at the
   * start, and again whenever there was something to do.
   */
  settled?(): void
  /** Told of changes, advisorily. Returns what unsubscribes. */
  subscribe(listener: (status: PartTaskStatus) => void): () => void
}

interface TransportBase {
  /**
   * The most PUTs at once that are of use on this platform: the default of the uploader's
   * `concurrency`. Default 6, as many connections as browsers open to one host.
   */
  readonly concurrency?: number
  /** Ports that the platform brings along, used instead of the defaults. */
  readonly platform?: Partial<Platform>
  /**
   * Frees what the transport keeps for a `ref`: called once the upload that used it is completed,
   * cancelled or was given its file anew, and the journal holds that. Such a transport gives every
   * source that it opens a ref of its own, so that freeing one takes nothing from another; a
   * reopened source names what was kept first. Idempotent; refs that name nothing are ignored. A
   * rejection is reported to `onProblem` and stops no upload.
   */
  release?(ref: Json): Promise<void>
  /**
   * Frees what was kept before this call, except for these refs: called once after the journal was
   * restored, with the refs that its uploads still need, so that nothing stays of what a crash cut
   * short. Not called where a record of the journal could not be read: it may need any of them.
   * What is opened from then on stays, also while this is under way. Rejects as `release` does.
   */
  retain?(refs: readonly Json[]): Promise<void>
  /** Frees sockets and the like. Called once, by `uploader.close()`. */
  close?(): Promise<void>
}

/** A transport that sends parts while the process lives. */
export interface ForegroundTransport<TFile> extends TransportBase {
  /** What it can do; never a background queue. */
  readonly capabilities: Capabilities & { readonly background: false }
  /**
   * Opens a file.
   *
   * @throws UploadError `file_not_found`, `file_not_regular`, `file_unreadable`.
   */
  open(file: TFile): Promise<ForegroundSource>
  /**
   * Opens the file behind a `ref` again.
   *
   * @throws UploadError as `open` does; `permission_needed` where the user must be asked first. Then
   * it is called again from within `resume()`, so that a click on it lets the platform ask.
   */
  reopen?(ref: Json): Promise<ForegroundSource>
}

/** A transport whose queue goes on while the process is suspended or dead. */
export interface BackgroundTransport<TFile> extends TransportBase {
  /** What it can do; a queue that outlives the process needs files that can be reopened. */
  readonly capabilities: Capabilities & { readonly background: true; readonly reopen: true }
  /**
   * Opens a file.
   *
   * @throws UploadError `file_not_found`, `file_not_regular`, `file_unreadable`.
   */
  open(file: TFile): Promise<Source>
  /** As that of a foreground transport. */
  reopen(ref: Json): Promise<Source>
  /** Sends the parts. */
  readonly queue: PartQueue
}

/** The I/O of one platform. */
export type Transport<TFile> = ForegroundTransport<TFile> | BackgroundTransport<TFile>

/** One change of the journal; without `value` the record is deleted. */
export interface StoreChange {
  /** Names the record. */
  readonly key: string
  /** The new value, perhaps empty. Without it the record is deleted. */
  readonly value?: string
}

/** Keeps what must survive a crash: short strings by key. */
export interface Store {
  /** Every record, in any order. Called once, before the first write. */
  read(): Promise<readonly (readonly [key: string, value: string])[]>
  /** Atomic, and durable once resolved. Batches become visible in the order of the calls. */
  write(batch: readonly StoreChange[]): Promise<void>
  /** Waits for what was asked, and frees the place for the next one. Idempotent. */
  close(): Promise<void>
}

/** Time. */
export interface Clock {
  /** Milliseconds that never run backwards, from any origin: for intervals. */
  now(): number
  /** Milliseconds since the epoch, as the user's clock tells: for people and for expiry. */
  wall(): number
  /** Calls back once, after at least `delayMs`. Returns what cancels it. */
  setTimer(callback: () => void, delayMs: number): () => void
}

/** Randomness, with a name for every draw so that a run can be replayed. */
export interface Random {
  /** A number in [0, 1). */
  draw(name: string): number
}

/** Whether the network is there, and may be used. */
export interface Network {
  /** False only where there surely is no network. */
  isOnline(): boolean
  /**
   * Whether a constraint of the app, such as "Wi-Fi only", is broken now, so that nothing is to be
   * sent. Without it there is none.
   */
  isConstrained?(): boolean
  /** Told when either may have changed. */
  subscribe(listener: () => void): () => void
}

/** One XXH64 in the making. */
export interface HashState {
  /** Takes the next bytes, which may be overwritten afterwards. */
  update(bytes: Uint8Array): void
  /** 16 lower-case hex digits. */
  digest(): string
}

/** Makes XXH64 states, seed 0. */
export interface Hasher {
  /** Begins a hash. */
  create(): Promise<HashState>
}

/** The request of a control call. */
export interface FetchRequest {
  /** Every control call is a POST (contract §2). */
  readonly method: 'POST'
  /** Those of the contract and of the `headers` option. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body: string
  /** Ends the exchange. */
  readonly signal: AbortSignal
  /** Redirects are not followed: a POST would arrive as a GET. */
  readonly redirect: 'manual'
}

/** A body that is read piece by piece, as a ReadableStream is. */
export interface FetchBody {
  /** Asked once. */
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    cancel(): Promise<void>
  }
}

/** The answer to a control call, as the platform's `fetch` gives it. */
export interface FetchResponse {
  /** Any HTTP status; 0 for a redirect that a browser hides. */
  readonly status: number
  /** Looked up by lower-case names. */
  readonly headers: { get(name: string): string | null }
  /**
   * Read instead of `text()` where there is one, so that an endless answer ends at 8 MiB. What it
   * throws is dealt with likewise.
   */
  readonly body?: FetchBody | null
  /**
   * The whole body.
   *
   * @throws UploadError to fail the call at once; anything else counts as a broken exchange.
   */
  text(): Promise<string>
}

/** Sends control calls; the platform's own `fetch` fits. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchResponse>

/** The ports that have defaults. */
export interface Platform {
  /** Default: that of the system. */
  readonly clock: Clock
  /** Default: `Math.random`. */
  readonly random: Random
  /** Default: always online. */
  readonly network: Network
  /** Default: WebAssembly, or JavaScript where that cannot run. */
  readonly hasher: Hasher
  /** Default: the platform's own. */
  readonly fetch: Fetch
}
