import type { AggregateSnapshot, UploadSnapshot, WaitingFor } from '@s3-bg-uploader/core'

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const

function bytes(count: number): string {
  let amount = count
  let unit = 'B'
  for (const larger of UNITS) {
    if (amount < 1000) break
    amount /= 1000
    unit = larger
  }
  return `${amount.toFixed(unit === 'B' ? 0 : 1)} ${unit}`
}

/** How far an upload is, in one line. */
export function progressText({ status, sentBytes, totalBytes, speed }: UploadSnapshot): string {
  const pace = speed > 0 ? ` · ${bytes(speed)}/s` : ''
  return `${status} · ${bytes(sentBytes)} of ${bytes(totalBytes)}${pace}`
}

/** Why nothing moves. */
export function waitingText({ reason, until, error }: WaitingFor): string {
  const when = until === undefined ? '' : ` until ${new Date(until).toLocaleTimeString()}`
  switch (reason) {
    case 'file':
      return error?.hint ?? 'The file is not where it was. Pick it again.'
    case 'network':
      return 'Waits for the network.'
    case 'retry':
      return `Something went wrong on the way, and is tried again${when}.`
    case 'slot':
      return 'Other uploads go first.'
    case 'constraint':
      return 'The device holds uploads back for now.'
    case 'config':
      return 'Nobody has said yet where the backend is.'
  }
}

export function summaryText({ uploads, byStatus, percentage }: AggregateSnapshot): string {
  if (uploads === 0) return 'Nothing to upload'
  return `${byStatus.completed} of ${uploads} done · ${Math.floor(percentage)} %`
}
