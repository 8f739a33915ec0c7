import { createUploader, type Transport, type Uploader } from '@s3-bg-uploader/core'
import { reactNativeTransport } from '@s3-bg-uploader/transport-react-native'
import { expoTransport } from '@s3-bg-uploader/transport-react-native/expo'
import { expoSqliteStore } from '@s3-bg-uploader/transport-react-native/expo-sqlite'
import * as FileSystem from 'expo-file-system'
import { openDatabaseAsync } from 'expo-sqlite'
import { AppState, TurboModuleRegistry } from 'react-native'

/** Where `s3-bg-uploader serve` listens. Expo puts the variable into the bundle. */
const BACKEND = process.env.EXPO_PUBLIC_BACKEND ?? 'http://localhost:8787'

/**
 * The one uploader of the app, made outside of components. What an earlier run of the app left
 * unfinished goes on by itself.
 */
export async function openUploader(): Promise<Uploader<string>> {
  return createUploader({
    transport: await openTransport(),
    // A database of its own: a transaction of the app would take the journal along.
    store: expoSqliteStore(await openDatabaseAsync('s3-bg-uploader.db')),
    config: {
      startUploadApi: `${BACKEND}/start`,
      getUploadUrlsApi: `${BACKEND}/urls`,
      completeApi: `${BACKEND}/complete`,
      listPartsApi: `${BACKEND}/list-parts`,
      abortApi: `${BACKEND}/abort`,
    },
  })
}

/** The native queue, which goes on without the app; in Expo Go, which has none, what Expo has. */
async function openTransport(): Promise<Transport<string>> {
  if (TurboModuleRegistry.get('S3BgUploader') === null) return expoTransport(FileSystem)
  // Only here: importing it throws where the module is missing.
  const { nativeModule } = await import('@s3-bg-uploader/transport-react-native/native')
  return reactNativeTransport({ native: nativeModule, appState: AppState })
}
