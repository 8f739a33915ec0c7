import type { Platform, Store, Transport, UploadError } from '@s3-bg-uploader/core'
import type { AppState } from '../app-state.ts'

export interface S3BgUploaderOptions {
  readonly transport: Transport<string>
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

export type UploadState =
  | 'NOT_STARTED'
  | 'INITIALIZED'
  | 'RUNNING'
  | 'PAUSED'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'

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
  readonly fileName: string
  /** What `uploadFile` answered. It names the file of this transfer and says nothing of its content. */
  readonly fileHash: string
  readonly transferId: string
  readonly totalBytes: number
  readonly uploadedBytes: number
  readonly completedParts: number
  /** 0 until startUpload answered. */
  readonly totalParts: number
  /** 0 to 100; 100 only when completed. */
  readonly percentage: number
  readonly state: UploadState
}

/** All files of the session, or of one transfer. */
export interface AggregateProgress {
  readonly percentage: number
  /** Bytes. */
  readonly totalSize: number
  readonly uploadedSize: number
  /** Only of the session. */
  readonly totalTransfers?: number
  readonly completedTransfers?: number
  readonly totalFiles: number
  readonly completedFiles: number
  readonly state: GlobalUploaderState
}

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
  pause(): void
  /** Cancels and forgets one file. */
  cancelFile(fileHash: string): void
  cancelTransfer(transferId: string): void
  /** Cancels all files and forgets the session. */
  cancel(): void
  /** Called at most about 20 times a second and file. Null ends it. */
  setProgressCallback(callback: ProgressCallback | null): void
  getProgress(transferId?: string, fileHash?: string): UploadProgress[]
  getAggregateProgress(transferId?: string): AggregateProgress
  /**
   * Title of the notification. `{percentage}`, `{totalSize}`, `{uploadedSize}`, `{totalTransfers}`,
   * `{completedTransfers}`, `{totalFiles}` and `{completedFiles}` stand for what they say.
   */
  setTaskTitle(title: string): void
  setTaskSubtitle(subtitle: string): void
  /** Stops all I/O, keeps the journal, and frees the transport and the store. */
  close(): Promise<void>
}
