import { createUploader, type Uploader } from '@s3-bg-uploader/core'
import { type ExpoChosenFile, expoTransport } from '@s3-bg-uploader/transport-react-native/expo'
import { expoSqliteStore } from '@s3-bg-uploader/transport-react-native/expo-sqlite'
import { Directory, File, FileMode, Paths } from 'expo-file-system'
import { openDatabaseAsync } from 'expo-sqlite'

/** Where `s3-bg-uploader serve` listens. Expo puts the variable into the bundle. */
const BACKEND = process.env.EXPO_PUBLIC_BACKEND ?? 'http://localhost:8787'

/**
 * The one uploader of the app, made outside of components. What an earlier run of the app left
 * unfinished goes on by itself.
 */
export async function openUploader(): Promise<Uploader<ExpoChosenFile>> {
  return createUploader({
    transport: expoTransport({ Directory, File, FileMode, Paths }),
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
