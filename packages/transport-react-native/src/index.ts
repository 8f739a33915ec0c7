export type { AppState } from './app-state.ts'
export type { NetInfo, NetInfoState } from './device-network.ts'
export { S3BgUploaderDuplicateFileError, S3BgUploaderResumeError } from './drop-in/errors.ts'
export { createS3BgUploader } from './drop-in/s3-bg-uploader.ts'
export type {
  AggregateProgress,
  GlobalUploaderState,
  ProgressCallback,
  S3BgUploader,
  S3BgUploaderOptions,
  UploadProgress,
  UploadState,
} from './drop-in/types.ts'
export { filePath } from './file-path.ts'
export type {
  NativeConstraints,
  NativeEvents,
  NativeFile,
  NativeFileRef,
  NativeHashProgress,
  NativeHeader,
  NativeModule,
  NativeTask,
  NativeTaskStatus,
  NativeWindow,
} from './native-module.ts'
export {
  type ReactNativeTransport,
  type ReactNativeTransportOptions,
  reactNativeTransport,
} from './react-native-transport.ts'
