import { createUploader } from '@s3-bg-uploader/core'
import { UploaderProvider, useUploads } from '@s3-bg-uploader/react'
import { filePath, reactNativeTransport } from '@s3-bg-uploader/transport-react-native'
import { asyncStorageStore } from '@s3-bg-uploader/transport-react-native/async-storage'
import { expoTransport } from '@s3-bg-uploader/transport-react-native/expo'
import { expoSqliteStore } from '@s3-bg-uploader/transport-react-native/expo-sqlite'
import { mmkvStore } from '@s3-bg-uploader/transport-react-native/mmkv'
import { nativeModule } from '@s3-bg-uploader/transport-react-native/native'
import { AppRegistry, AppState, Text } from 'react-native'

const opening = createUploader({
  transport: reactNativeTransport({ native: nativeModule, appState: AppState }),
})

function Uploads() {
  return useUploads().map((upload) => <Text key={upload.id}>{upload.getSnapshot().status}</Text>)
}

AppRegistry.registerComponent('consumer', () => () => (
  <UploaderProvider uploader={undefined}>
    <Uploads />
  </UploaderProvider>
))

globalThis.used = [opening, filePath, asyncStorageStore, expoTransport, expoSqliteStore, mmkvStore]
