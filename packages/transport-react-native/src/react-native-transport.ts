import type { BackgroundTransport } from '@s3-bg-uploader/core'
import { type AppState, onForeground } from './app-state.ts'
import { filePath } from './file-path.ts'
import { readRef } from './file-ref.ts'
import type { NativeModule } from './native-module.ts'
import { NativeQueue } from './native-queue.ts'
import { openNative } from './native-source.ts'
import { DeviceNetwork, type NetInfo } from './net-info.ts'

export interface ReactNativeTransportOptions {
  /** `nativeModule` of `@s3-bg-uploader/transport-react-native/native`, or one of your own. */
  readonly native: NativeModule
  /** Tells when the network is gone, so that offline time counts as no failed attempt. */
  readonly netInfo?: NetInfo
  /** Tells when the app comes to the foreground, where events may have been lost before. */
  readonly appState?: AppState
}

/**
 * The transport of React Native: files by path, `file://` or `content://` URI, sent by a native queue
 * that goes on while the app is suspended or dead.
 */
export function reactNativeTransport(
  options: ReactNativeTransportOptions,
): BackgroundTransport<string> {
  const { native, netInfo, appState } = options
  const queue = new NativeQueue(native)
  const network = new DeviceNetwork(netInfo)
  const stopWatching = onForeground(appState, () => {
    for (const looking of [queue.tellAgain(), network.look()]) {
      // Whoever cannot be asked now is asked at the next time, or tells by itself.
      looking.catch(() => {})
    }
  })
  return {
    capabilities: { progress: true, reopen: true, nativeHash: true, background: true },
    platform: { network },
    open: (file) => openNative(native, filePath(file)),
    reopen: async (ref) => openNative(native, readRef(ref).path),
    queue,
    close: async () => stopWatching(),
  }
}
