import type { UploadSnapshot, UploadStatus } from '@s3-bg-uploader/core'
import { bytes, duration, percent, speed } from './quantities.ts'

const LABELS: Readonly<Record<UploadStatus, string>> = {
  queued: 'Queued',
  hashing: 'Reading',
  starting: 'Starting',
  uploading: 'Uploading',
  completing: 'Finishing',
  completed: 'Done',
  paused: 'Paused',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** The status in a word or two. What waits is not said to be moving. */
export function statusLabel({ status, waitingFor }: UploadSnapshot): string {
  return waitingFor === undefined ? LABELS[status] : 'Waiting'
}

/** How far the upload is, in one line. */
export function progressText(snapshot: UploadSnapshot): string {
  const { status, totalBytes, sentBytes, hashedBytes, waitingFor } = snapshot
  const size = bytes(totalBytes)
  const sent = `${bytes(sentBytes)} of ${size}`
  switch (status) {
    case 'queued':
      return sentBytes > 0 ? sent : size
    case 'hashing':
      return `${size} · checksum ${percent(totalBytes === 0 ? 100 : (hashedBytes / totalBytes) * 100)}`
    case 'starting':
      return size
    case 'uploading': {
      // What waits has no pace, though the last seconds still count for one.
      if (waitingFor === undefined) return [sent, ...paceOf(snapshot)].join(' · ')
      return waitingFor.reason === 'slot' ? `${sent} · other uploads go first` : sent
    }
    case 'completing':
      return `${size} sent · putting the parts together`
    case 'completed':
    case 'cancelled':
      return size
    case 'paused':
    case 'failed':
      return sentBytes > 0 ? sent : size
  }
}

/** Speed and time to go, where there are any. */
export function paceOf(pace: Pick<UploadSnapshot, 'speed' | 'eta'>): readonly string[] {
  if (pace.speed <= 0) return []
  return [speed(pace.speed), ...(pace.eta === undefined ? [] : [`${duration(pace.eta)} left`])]
}

/**
 * Why nothing moves, where that is worth a line of its own: that others go first is not. `until` is
 * left out: a countdown shows it.
 */
export function waitingText({ waitingFor, name }: UploadSnapshot): string | undefined {
  switch (waitingFor?.reason) {
    case undefined:
    case 'slot':
      return undefined
    case 'file':
      return waitingFor.error?.code === 'permission_needed'
        ? `The browser asks again before it lets this page read ${name}.`
        : `This browser did not keep the file. Choose ${name} again: what arrived is not sent twice.`
    case 'network':
      return 'There is no network. It goes on by itself when there is.'
    case 'retry':
      return 'Something went wrong on the way and is tried again'
    case 'constraint':
      return 'The device holds uploads back for now.'
    case 'config':
      return 'The page has not said yet where the backend is.'
  }
}

/** What a screen reader is told when the status changes. */
export function announcement(snapshot: UploadSnapshot): string {
  const { name, error } = snapshot
  if (error !== undefined) return `${name} failed. ${error.hint}`
  const why = waitingText(snapshot)
  return why === undefined ? `${name}: ${statusLabel(snapshot)}` : `${name} waits. ${why}`
}
