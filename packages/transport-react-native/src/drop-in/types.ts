import type { Platform, Store, Transport, UploadError } from '@s3-bg-uploader/core'
import type { AppState } from '../app-state.ts'

/** What `createS3BgUploader` takes. */
export interface S3BgUploaderOptions {
  /** Any that takes paths: `reactNativeTransport` or `expoTransport`. */
  readonly transport: Transport<string>
  /** Keeps the journal. */
  readonly store: Store
  /** React Native's `AppState`: tells RUNNING from RUNNING_IN_BG. */
  readonly appState?: AppState
  /**
   * Shows the notification: `native.setNotification`, or what an app has for that. Called at most
   * twice a second, and not before there is a title or a subtitle.
   */
  readonly notify?: (title: string, subtitle: string) => Promise<void> | void
  /** As that of `createUploader`. */
  readonly platform?: Partial<Platform>
  /** As that of `createUploader`. */
  readonly onProblem?: (error: UploadError) => void
}

/** How far a file is, in the words of the original. */
export type UploadState =
  | 'NOT_STARTED'
  | 'INITIALIZED'
  | 'RUNNING'
  | 'PAUSED'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'

/** How far a session or a transfer is, in the words of the original. */
export type GlobalUploaderState =
  | 'NOT_STARTED'
  | 'RUNNING_IN_BG'
  | 'RUNNING'
  | 'PAUSED'
  | 'COMPLETED'
  | 'FAILED'

/** One file. */
export interface UploadProgress {
  /** The key that startUpload answered. */
  readonly fileKey?: string
  /** Name of the file, without folders. */
  readonly fileName: string
  /** What `uploadFile` answered. It names the file of this transfer and says nothing of its content. */
  readonly fileHash: string
  /** As given to `uploadFile`. */
  readonly transferId: string
  /** Size of the file in bytes. */
  readonly totalBytes: number
  /** Bytes sent, parts in flight included. */
  readonly uploadedBytes: number
  /** Parts whose ETag is known. */
  readonly completedParts: number
  /** 0 until startUpload answered. */
  readonly totalParts: number
  /** 0 to 100; 100 only when completed. */
  readonly percentage: number
  /** How far it is. */
  readonly state: UploadState
}

/** All files of the session, or of one transfer. */
export interface AggregateProgress {
  /** 0 to 100, from `uploadedSize`. */
  readonly percentage: number
  /** Bytes. */
  readonly totalSize: number
  /** Bytes. */
  readonly uploadedSize: number
  /** Only of the session. */
  readonly totalTransfers?: number
  /** Only of the session. */
  readonly completedTransfers?: number
  /** How many files there are. */
  readonly totalFiles: number
  /** How many are completed. */
  readonly completedFiles: number
  /** How far it is. */
  readonly state: GlobalUploaderState
}

/** What `setProgressCallback` takes: told of one file, and of the sums that it is in. */
export type ProgressCallback = (
  fileProgress: UploadProgress,
  sessionAggregate: AggregateProgress,
  /** Of the transfer that the file belongs to. */
  transferAggregate: AggregateProgress,
) => void

/** The API of react-native-s3-bg-uploader 1.1, method by method, with `ready` and `close` besides. */
export interface S3BgUploader {
  /**
   * Resolves once what the journal holds is restored: from then on `getProgress` tells of it. Rejects
   * with what `createUploader` throws; so do `uploadFile` and `resume` then.
   */
  readonly ready: Promise<void>
  /** Call it before `uploadFile`. What is wrong with the URLs is thrown by `resume` and `uploadFile`. */
  setConfig(startUploadApi: string, getUploadUrlsApi: string, completeApi: string): void
  /**
   * Adds a file. It begins with `resume()`, or at once while others are on their way. A file of an
   * earlier run of the app may be provided again, and need not be.
   *
   * @returns the `fileHash` that names it from now on.
   * @throws S3BgUploaderDuplicateFileError when it was added before in this run and is not completed;
   * UploadError as `Uploader.uploadFile` does.
   */
  uploadFile(
    filePath: string,
    transferId: string,
    userParams?: Readonly<Record<string, string>>,
  ): Promise<string>
  /**
   * Starts, goes on after `pause`, and tries again what failed.
   *
   * @throws S3BgUploaderResumeError when files were gone when they were last looked for; the others
   * go on. UploadError `config_missing`, `config_invalid`, and why `ready` rejects.
   */
  resume(): Promise<void>
  /** Stops sending; what arrived stays. */
  pause(): void
  /** Cancels and forgets one file. */
  cancelFile(fileHash: string): void
  /** Cancels and forgets all files of a transfer. */
  cancelTransfer(transferId: string): void
  /** Cancels all files and forgets the session. */
  cancel(): void
  /** Called at most about 20 times a second and file. Null ends it. */
  setProgressCallback(callback: ProgressCallback | null): void
  /** Of all files, of those of a transfer, or of one. */
  getProgress(transferId?: string, fileHash?: string): UploadProgress[]
  /** Sums of the session, or of one transfer. */
  getAggregateProgress(transferId?: string): AggregateProgress
  /**
   * Title of the notification. `{percentage}`, `{totalSize}`, `{uploadedSize}`, `{totalTransfers}`,
   * `{completedTransfers}`, `{totalFiles}` and `{completedFiles}` stand for what they say.
   */
  setTaskTitle(title: string): void
  /** The line below the title, with the same placeholders. */
  setTaskSubtitle(subtitle: string): void
  /** Stops all I/O, keeps the journal, and frees the transport and the store. */
  close(): Promise<void>
}
