import type { AggregateSnapshot, UploadSnapshot } from '@s3-bg-uploader/core'
import type {
  AggregateProgress,
  GlobalUploaderState,
  UploadProgress,
  UploadState,
} from './types.ts'

export function progressOf(snapshot: UploadSnapshot): UploadProgress {
  const { id, name, transferId, totalBytes, sentBytes, confirmedParts, totalParts } = snapshot
  return {
    ...(snapshot.key !== undefined && { fileKey: snapshot.key }),
    fileName: name,
    fileHash: id,
    transferId: transferId ?? '',
    totalBytes,
    uploadedBytes: sentBytes,
    completedParts: confirmedParts,
    totalParts,
    percentage: snapshot.percentage,
    state: stateOf(snapshot),
  }
}

function stateOf({ status, key, sentBytes }: UploadSnapshot): UploadState {
  switch (status) {
    case 'completed':
      return 'COMPLETED'
    case 'failed':
      return 'FAILED'
    case 'cancelled':
      return 'CANCELLED'
    case 'paused':
      // What was never started cannot be paused.
      return key === undefined ? 'NOT_STARTED' : 'PAUSED'
    case 'queued':
    case 'hashing':
    case 'starting':
      return key === undefined ? 'NOT_STARTED' : 'INITIALIZED'
    case 'uploading':
    case 'completing':
      return sentBytes === 0 && status === 'uploading' ? 'INITIALIZED' : 'RUNNING'
  }
}

/** What the sums of a group do not tell. */
export interface Surroundings {
  /** The app is in the background. */
  readonly inBackground: boolean
  /** Whether any of the paused uploads had been started. */
  readonly wasStarted: () => boolean
}

export function aggregateOf(
  snapshot: AggregateSnapshot,
  surroundings: Surroundings,
): AggregateProgress {
  const { byStatus } = snapshot
  return {
    percentage: snapshot.percentage,
    totalSize: snapshot.totalBytes,
    uploadedSize: snapshot.sentBytes,
    totalFiles: filesIn(snapshot),
    completedFiles: byStatus.completed,
    state: globalState(snapshot, surroundings),
  }
}

/** Files of a group; what is cancelled is none of them. */
export function filesIn({ uploads, byStatus }: AggregateSnapshot): number {
  return uploads - byStatus.cancelled
}

function globalState(
  snapshot: AggregateSnapshot,
  { inBackground, wasStarted }: Surroundings,
): GlobalUploaderState {
  const { queued, hashing, starting, uploading, completing } = snapshot.byStatus
  const { completed, failed, paused } = snapshot.byStatus
  const files = filesIn(snapshot)
  if (files > 0 && completed === files) return 'COMPLETED'
  if (queued + hashing + starting + uploading + completing > 0) {
    return inBackground ? 'RUNNING_IN_BG' : 'RUNNING'
  }
  if (failed > 0) return 'FAILED'
  return paused > 0 && wasStarted() ? 'PAUSED' : 'NOT_STARTED'
}
