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
