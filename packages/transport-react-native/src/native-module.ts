/**
 * What the native module does for this transport, on Android and iOS alike. The transport is given
 * it, so tests and apps can bring another one; `specs/NativeS3BgUploader.ts` is the same for codegen
 * and the only file that imports React Native.
 *
 * Numbers cross the bridge as doubles: sizes and offsets are whole and below 2^53. A rejection
 * carries a `code` of `UploadError`: `file_not_found`, `file_not_regular`, `file_unreadable`,
 * `source_changed`, `aborted`, `store_failed`.
 */
export interface NativeModule {
  /** A path or, on Android, a `content://` URI. */
  open(path: string): Promise<NativeFile>
  /** Base64 of bytes `[start, end)`; only for what cannot be done natively. */
  read(file: NativeFileRef, start: number, end: number): Promise<string>
  /**
   * XXH64 (seed 0, 16 lower-case hex digits) of the file, off the JS thread. `id` names the run in
   * `onHashed` and `cancelHash`. Rejects with `source_changed` when the file is another one than
   * `file` says, `aborted` once cancelled.
   */
  hash(id: string, file: NativeFileRef): Promise<string>
  /** Unknown ids are ignored. */
  cancelHash(id: string): Promise<void>

  /** Resolves once the tasks are in the ledger; known ids are left alone. */
  enqueue(tasks: readonly NativeTask[]): Promise<void>
  /** All that the ledger knows, finished tasks included until they are acknowledged. */
  list(): Promise<readonly NativeTaskStatus[]>
  /** Stops and forgets. Unknown ids are ignored. */
  cancel(ids: readonly string[]): Promise<void>
  /** Forgets finished tasks. Unknown ids are ignored. */
  acknowledge(ids: readonly string[]): Promise<void>
  /** How much may wait in the queue at once on this device, now. */
  window(): Promise<NativeWindow>

  /** Holds for tasks that run and wait, at once and over restarts. Resolves once recorded. */
  setConstraints(constraints: NativeConstraints): Promise<void>
  /** Whether a constraint is broken now, so that nothing is sent. */
  isConstrained(): Promise<boolean>

  /** What the notification of the running work says. Only Android has one. */
  setNotification(title: string, subtitle: string): Promise<void>
  /**
   * The app has dealt with the results that the system woke it for and has filled the queue again:
   * iOS may suspend it, Android ends its headless task. Without this call the native side waits
   * some seconds and goes on without.
   */
  finishWake(): Promise<void>

  /** Advisory: what `list` says is the truth. */
  readonly onTask: NativeEvents<NativeTaskStatus>
  /** Progress of `hash`. */
  readonly onHashed: NativeEvents<NativeHashProgress>
  /** Told when a constraint breaks, and when it holds again. */
  readonly onConstrained: NativeEvents<boolean>
}

/** Subscribes to events of the native side. */
export type NativeEvents<T> = (listener: (event: T) => void) => { remove(): void }

/** A file as it is now. */
export interface NativeFile {
  /** What the backend is told, without folders. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch; below 0 where nobody knows. */
  readonly lastModified: number
}

/** A file as it was when it was opened: another one there now is refused with `source_changed`. */
export interface NativeFileRef {
  /** A path or, on Android, a `content://` URI. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch; below 0 where nobody knows. */
  readonly lastModified: number
}

/** One part: bytes `[start, end)` of the file, to be PUT to the URL exactly as it is. */
export interface NativeTask {
  /** Unique; enqueueing it twice sends it once. */
  readonly id: string
  /** A secret: never in a log, a message or an event. */
  readonly url: string
  /** The file, as it was when it was opened. */
  readonly file: NativeFileRef
  /** Offset of the first byte. */
  readonly start: number
  /** Offset behind the last byte. */
  readonly end: number
}

/** A header of an answer. */
export interface NativeHeader {
  /** In any case. */
  readonly name: string
  /** As it came. */
  readonly value: string
}

/** What the queue knows of one task. Which fields there are depends on the state. */
export interface NativeTaskStatus {
  /** That of the task. */
  readonly id: string
  /** `waiting`, `running`, `answered`, `broken`. */
  readonly state: string
  /** While running: bytes handed to the network. */
  readonly sentBytes?: number
  /** Once answered: any HTTP status. */
  readonly status?: number
  /** Once answered: in the order in which they came. */
  readonly headers?: readonly NativeHeader[]
  /** The beginning (at most 4 KiB) of the body of an answer that is not 2xx. */
  readonly body?: string
  /** Once broken: a code as in rejections, or `network` for an exchange that broke. */
  readonly code?: string
  /** Free of URLs. */
  readonly message?: string
}

/** How far a native hash is. */
export interface NativeHashProgress {
  /** As given to `hash`. */
  readonly id: string
  /** Never falls, and never exceeds the file. */
  readonly hashedBytes: number
}

/** What the device must offer before anything is sent. */
export interface NativeConstraints {
  /** No network that is paid by volume: on phones, only Wi-Fi. */
  readonly unmetered: boolean
  /** No network of another operator. */
  readonly notRoaming: boolean
  /** Only while the device is charged. */
  readonly charging: boolean
}

/** How much the queue takes now. */
export interface NativeWindow {
  /** Tasks that may be in the queue, finished ones that nobody acknowledged included. */
  readonly tasks: number
  /** Bytes of parts that may be in the queue: on iOS each waits as a copy on disk. */
  readonly bytes: number
}
