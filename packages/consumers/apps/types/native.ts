// What apps of React Native write against the packages: no DOM and no Node. The native module itself
// needs the types of React Native, which the Expo example has.
import { createUploader } from '@s3-bg-uploader/core'
import {
  createS3BgUploader,
  type NativeModule,
  reactNativeTransport,
} from '@s3-bg-uploader/transport-react-native'
import {
  type AsyncStorage,
  asyncStorageStore,
} from '@s3-bg-uploader/transport-react-native/async-storage'
import { type ExpoFileSystem, expoTransport } from '@s3-bg-uploader/transport-react-native/expo'
import {
  expoSqliteStore,
  type SqliteDatabase,
} from '@s3-bg-uploader/transport-react-native/expo-sqlite'
import { type Mmkv, mmkvStore } from '@s3-bg-uploader/transport-react-native/mmkv'

declare const native: NativeModule
declare const mmkv: Mmkv
declare const storage: AsyncStorage
declare const database: SqliteDatabase
declare const fileSystem: ExpoFileSystem

export const uploader = await createUploader({
  transport: reactNativeTransport({ native }),
  store: mmkvStore(mmkv),
})
export const upload = await uploader.uploadFile('file:///film.mp4')
export const others = [asyncStorageStore(storage, 'uploads'), expoSqliteStore(database)]
export const foreground = await createUploader({ transport: expoTransport(fileSystem) })
export const dropIn = createS3BgUploader
