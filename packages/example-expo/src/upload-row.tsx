import type { Upload, UploadSnapshot } from '@s3-bg-uploader/core'
import { useSnapshot } from '@s3-bg-uploader/react'
import type { ReactElement } from 'react'
import { type DimensionValue, StyleSheet, Text, View } from 'react-native'
import { Button } from './button.tsx'
import { progressText, waitingText } from './upload-text.ts'

/** One upload: how far it is, what stops it, what can be done. */
export function UploadRow({ upload }: { readonly upload: Upload }): ReactElement {
  const snapshot = useSnapshot(upload)
  const { name, percentage, waitingFor, error } = snapshot
  const width: DimensionValue = `${percentage}%`
  return (
    <View style={styles.row}>
      <Text numberOfLines={1} style={styles.name}>
        {name}
      </Text>
      <View style={styles.track}>
        <View style={[styles.bar, { width }]} />
      </View>
      <Text>{progressText(snapshot)}</Text>
      {waitingFor !== undefined && <Text>{waitingText(waitingFor)}</Text>}
      {error !== undefined && (
        <Text style={styles.problem}>
          {error.message} {error.hint}
        </Text>
      )}
      <Actions upload={upload} snapshot={snapshot} />
    </View>
  )
}

function Actions({
  upload,
  snapshot: { status, waitingFor },
}: {
  readonly upload: Upload
  readonly snapshot: UploadSnapshot
}): ReactElement {
  if (status === 'completed' || status === 'cancelled') {
    return (
      <View style={styles.actions}>
        <Button label="Remove" onPress={() => upload.forget()} />
      </View>
    )
  }
  const waitsForFile = waitingFor?.reason === 'file'
  return (
    <View style={styles.actions}>
      {status === 'failed' && <Button label="Retry" onPress={() => upload.retry()} />}
      {(status === 'paused' || waitsForFile) && (
        <Button label="Resume" onPress={() => upload.resume()} />
      )}
      {status !== 'failed' && status !== 'paused' && (
        <Button label="Pause" onPress={() => upload.pause()} />
      )}
      <Button label="Cancel" onPress={() => upload.cancel()} />
    </View>
  )
}

const styles = StyleSheet.create({
  row: { gap: 4, paddingVertical: 8 },
  name: { fontWeight: '600' },
  track: { backgroundColor: '#d7dce5', borderRadius: 3, height: 6 },
  bar: { backgroundColor: '#0b57d0', borderRadius: 3, height: 6 },
  problem: { color: '#b00020' },
  actions: { flexDirection: 'row', gap: 8 },
})
