import type { Upload, Uploader } from '@s3-bg-uploader/core'
import { UploaderProvider, useSnapshot, useUploads } from '@s3-bg-uploader/react'
import { File } from 'expo-file-system'
import { type ReactElement, useEffect, useState } from 'react'
import { FlatList, SafeAreaView, StyleSheet, Text, View } from 'react-native'
import { Button } from './button.tsx'
import { openUploader } from './open-uploader.ts'
import { UploadRow } from './upload-row.tsx'
import { summaryText } from './upload-text.ts'

// Once for the life of the app, whatever is rendered.
const opening = openUploader()

export function App(): ReactElement {
  const [uploader, setUploader] = useState<Uploader<string>>()
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    opening.then(setUploader, (error: Error) => setProblem(error.message))
  }, [])
  const pick = (): void => {
    addPicked(uploader).catch((error: Error) => setProblem(error.message))
  }
  return (
    <SafeAreaView style={styles.page}>
      <Text style={styles.title}>s3-bg-uploader</Text>
      <Button label="Pick files" onPress={pick} disabled={uploader === undefined} />
      {problem !== undefined && <Text style={styles.problem}>{problem}</Text>}
      <UploaderProvider uploader={uploader}>
        {uploader !== undefined && <Summary uploader={uploader} />}
        <UploadList />
      </UploaderProvider>
    </SafeAreaView>
  )
}

async function addPicked(uploader: Uploader<string> | undefined): Promise<void> {
  const { result, canceled } = await File.pickFileAsync({ multipleFiles: true })
  if (canceled || uploader === undefined) return
  await Promise.all(result.map((file) => uploader.uploadFile(file.uri)))
}

function Summary({ uploader }: { readonly uploader: Uploader<string> }): ReactElement {
  const snapshot = useSnapshot(uploader)
  return (
    <View style={styles.summary}>
      <Text>{summaryText(snapshot)}</Text>
      <View style={styles.actions}>
        <Button label="Pause all" onPress={() => uploader.pause()} />
        <Button label="Resume all" onPress={() => uploader.resume()} />
        <Button label="Clear done" onPress={() => uploader.prune()} />
      </View>
    </View>
  )
}

function UploadList(): ReactElement {
  const uploads = useUploads()
  return (
    <FlatList
      data={uploads}
      keyExtractor={(upload: Upload) => upload.id}
      renderItem={({ item }) => <UploadRow upload={item} />}
    />
  )
}

const styles = StyleSheet.create({
  page: { flex: 1, gap: 12, padding: 16 },
  title: { fontSize: 24, fontWeight: '600' },
  problem: { color: '#b00020' },
  summary: { gap: 8 },
  actions: { flexDirection: 'row', gap: 8 },
})
