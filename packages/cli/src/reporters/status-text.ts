import type { UploadSnapshot } from '@s3-bg-uploader/core'
import { formatClock, formatSpeed } from '../quantities.ts'

/** Why nothing moves, in words; undefined while things move. */
export function waitingText(
  { status, waitingFor }: UploadSnapshot,
  wallNow: number,
): string | undefined {
  if (status === 'paused') return 'paused'
  switch (waitingFor?.reason) {
    case undefined:
      return undefined
    case 'file':
      return 'waiting for the file'
    case 'network':
      return 'waiting for the network'
    case 'slot':
      return 'waiting for a slot'
    case 'constraint':
      return 'held back'
    case 'config':
      return 'waiting for settings'
    case 'retry': {
      if (waitingFor.until === undefined) return 'waiting to retry'
      return `retry in ${Math.max(0, Math.ceil((waitingFor.until - wallNow) / 1000))} s`
    }
  }
}

/** What an upload is doing now. */
export function statusText(snapshot: UploadSnapshot, wallNow: number): string {
  const waiting = waitingText(snapshot, wallNow)
  if (waiting !== undefined) return waiting
  return (snapshot.status === 'uploading' && paceText(snapshot)) || snapshot.status
}

/** `120 MB/s  0:12 left`, or less where less is known. */
export function paceText({ speed, eta }: { speed: number; eta: number | undefined }): string {
  if (speed <= 0) return ''
  const clock = formatClock(eta)
  const rate = formatSpeed(speed).padStart(9)
  return clock === undefined ? rate : `${rate}  ${clock} left`
}

/** 0 to 100: of hashing while the file is hashed, of sending afterwards. */
export function percentageOf({
  status,
  hashedBytes,
  totalBytes,
  percentage,
}: UploadSnapshot): number {
  if (status === 'hashing') return totalBytes === 0 ? 0 : (hashedBytes / totalBytes) * 100
  return percentage
}
