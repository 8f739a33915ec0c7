import type { BackgroundTransport } from '@s3-bg-uploader/core'
import { type AppState, onForeground } from './app-state.ts'
import { DeviceNetwork, type NetInfo } from './device-network.ts'
import { filePath } from './file-path.ts'
import { readRef } from './file-ref.ts'
import { callNative } from './native-error.ts'
import type { NativeConstraints, NativeModule } from './native-module.ts'
import { NativeQueue } from './native-queue.ts'
import { openNative } from './native-source.ts'

/** What `reactNativeTransport` takes. */
export interface ReactNativeTransportOptions {
  /** `nativeModule` of `@s3-bg-uploader/transport-react-native/native`, or one of your own. */
  readonly native: NativeModule
  /** Tells when the network is gone, so that offline time counts as no failed attempt. */
  readonly netInfo?: NetInfo | undefined
  /**
   * Tells when the app comes to the foreground, where events may have been lost before, and whether
   * it is there, where nobody waits for `finishWake`.
   */
  readonly appState?: AppState | undefined
}

/** A transport for paths and URIs, with what only phones have. */
export interface ReactNativeTransport extends BackgroundTransport<string> {
  /**
   * What the device must offer before anything is sent; what is left out is not asked for. It holds
   * at once, also for parts that are on their way, and over restarts. Uploads that wait for it say
   * so: `waitingFor: { reason: 'constraint' }`.
   *
   * @throws UploadError `store_failed`: then everything is as it was before.
   */
  setConstraints(constraints: Partial<NativeConstraints>): Promise<void>
  /** What the notification of the running work says. Only Android has one. */
  setNotification(title: string, subtitle: string): Promise<void>
}

/**
 * The transport of React Native: files by path, `file://` or `content://` URI, sent by a native queue
 * that goes on while the app is suspended or dead.
 */
export function reactNativeTransport(options: ReactNativeTransportOptions): ReactNativeTransport {
  const { native, netInfo, appState } = options
  const network = new DeviceNetwork(native, netInfo)
  const look = (): Promise<void> =>
    network.look().catch(() => {
      // Until somebody tells otherwise it is as it was.
    })
  const queue = new NativeQueue({
    native,
    isInForeground: () => appState?.currentState === 'active',
    look,
  })
  const stopWatching = onForeground(appState, () => {
    queue.tellAgain().catch(() => {
      // It is asked again at the next time.
    })
  })
  return {
    capabilities: { progress: true, reopen: true, nativeHash: true, background: true },
    platform: { network },
    open: (file) => openNative(native, filePath(file)),
    reopen: async (ref) => openNative(native, readRef(ref).path),
    queue,
    async setConstraints({ unmetered = false, notRoaming = false, charging = false }) {
      await callNative(() => native.setConstraints({ unmetered, notRoaming, charging }))
      await look()
    },
    setNotification: (title, subtitle) => callNative(() => native.setNotification(title, subtitle)),
    close: async () => stopWatching(),
  }
}
