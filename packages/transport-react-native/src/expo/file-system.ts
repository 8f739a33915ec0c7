/**
 * What is used of expo-file-system 58. Hand in the module itself, or these four of it:
 * `import { Directory, File, FileMode, Paths } from 'expo-file-system'`.
 */
export interface ExpoFileSystem {
  /** As Expo's. */
  readonly File: new (
    uri: string,
  ) => ExpoFile
  /** As Expo's. */
  readonly Directory: new (
    uri: string,
  ) => ExpoDirectory
  /** As Expo's. */
  readonly FileMode: { readonly ReadOnly: unknown; readonly WriteOnly: unknown }
  /** As Expo's: where the app's documents and its cache are. */
  readonly Paths: {
    readonly document: { readonly uri: string }
    readonly cache: { readonly uri: string }
  }
}

/** What is used of Expo's `File`. */
export interface ExpoFile {
  readonly uri: string
  readonly name: string
  readonly exists: boolean
  /** Throws where there is a folder. */
  info(): ExpoFileInfo
  create(options: { readonly intermediates: boolean }): void
  delete(): void
  open(mode: unknown): ExpoFileHandle
  createUploadTask(url: string, options: ExpoUploadOptions): ExpoUploadTask
}

export interface ExpoFileInfo {
  readonly exists: boolean
  /** Bytes. */
  readonly size?: number
  /** Milliseconds since the epoch. */
  readonly modificationTime?: number
}

/** What is used of Expo's `Directory`. */
export interface ExpoDirectory {
  readonly exists: boolean
  delete(): void
}

export interface ExpoFileHandle {
  offset: number | null
  /** Fewer bytes at the end of the file. */
  readBytes(length: number): Promise<Uint8Array>
  writeBytes(bytes: Uint8Array): Promise<void>
  close(): void
}

export interface ExpoUploadOptions {
  readonly httpMethod: 'PUT'
  readonly signal: AbortSignal
  readonly onProgress: (progress: { readonly bytesSent: number }) => void
}

export interface ExpoUploadTask {
  /** Resolves with any status, once the whole body of the answer is there. */
  uploadAsync(): Promise<ExpoUploadResult>
  /** Frees what the native side holds. */
  release(): void
}

export interface ExpoUploadResult {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}
