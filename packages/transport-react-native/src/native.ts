import { AppRegistry } from 'react-native'
import type { NativeModule } from './native-module.ts'
import spec from './specs/NativeS3BgUploader.ts'

/** What Android runs while it wants JavaScript awake with no screen open. */
const WAKE_TASK = 'S3BgUploaderWake'

// It ends when `finishWake` says so, which the native side does itself, or after half a minute.
AppRegistry.registerHeadlessTask(WAKE_TASK, () => () => new Promise<void>(() => {}))

/** The native queue of this package. Importing it throws where the app was built without it. */
export const nativeModule: NativeModule = spec
