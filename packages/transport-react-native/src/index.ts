export type { AppState } from './app-state.ts'
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
export type { NetInfo, NetInfoState } from './net-info.ts'
export {
  type ReactNativeTransportOptions,
  reactNativeTransport,
} from './react-native-transport.ts'
