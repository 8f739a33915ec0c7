import type { UploadError } from '../errors.ts'
import type { Gate } from '../machine/rules.ts'
import type { UploadState } from '../machine/upload-state.ts'
import { statusOf, waitingFor } from '../machine/view.ts'
import type { UploadSnapshot } from './types.ts'

export function takeSnapshot(
  state: UploadState,
  view: {
    readonly gate: Gate
    readonly speed: number
    readonly error: UploadError | undefined
    /** Why the file is missing. */
    readonly fileError: UploadError | undefined
    /** Adds to the monotonic clock to make it the wall clock. */
    readonly wallOffset: number
  },
): UploadSnapshot {
  const { file, multipart, outcome, sentBytes } = state
  const waiting = waitingFor(state, view.gate)
  const completed = outcome === 'completed'
  return {
    id: file.id,
    name: file.name,
    transferId: file.transferId,
    status: statusOf(state),
    totalBytes: file.size,
    hashedBytes: state.hashedBytes,
    sentBytes,
    confirmedBytes: completed ? file.size : (multipart?.confirmedBytes ?? 0),
    totalParts: state.parts,
    confirmedParts: completed ? state.parts : (multipart?.confirmed.size ?? 0),
    partsInFlight: multipart?.flights.length ?? 0,
    percentage: percentageOf(sentBytes, file.size, completed),
    speed: view.speed,
    eta: etaOf(file.size - sentBytes, view.speed),
    waitingFor: waiting && {
      reason: waiting.reason,
      until: waiting.until === undefined ? undefined : waiting.until + view.wallOffset,
      error: waiting.reason === 'file' ? view.fileError : undefined,
    },
    error: view.error,
    key: state.key,
    fileHash: state.hash,
  }
}

/** 100 is kept for what is completed: all bytes sent is not there yet. */
export function percentageOf(sent: number, total: number, completed: boolean): number {
  if (completed) return 100
  return total === 0 ? 0 : Math.min(99.9, (sent / total) * 100)
}

export function etaOf(bytesToGo: number, speed: number): number | undefined {
  return speed > 0 ? bytesToGo / speed : undefined
}
