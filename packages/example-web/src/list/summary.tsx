import type { AggregateSnapshot } from '@s3-bg-uploader/core'
import { useSnapshot, useUploader } from '@s3-bg-uploader/react'
import type { ReactElement } from 'react'
import { Icon } from '../icons.tsx'
import { bytes } from '../text/quantities.ts'
import { paceOf } from '../text/upload-text.ts'
import { isStill } from './is-still.ts'

/** Everything together, and what can be done with all of it at once. */
export function Summary(): ReactElement | null {
  const uploader = useUploader()
  const sums = useSnapshot(uploader)
  if (uploader === undefined || sums === undefined || sums.uploads === 0) return null
  const { byStatus } = sums
  const over = byStatus.completed + byStatus.cancelled > 0
  return (
    <div className="summary">
      <p className="summary-text">{summaryText(sums)}</p>
      <div className="summary-actions">
        {!isStill(sums) && (
          <button type="button" className="button small" onClick={() => uploader.pause()}>
            <Icon name="pause" />
            Pause all
          </button>
        )}
        {byStatus.paused > 0 && (
          <button type="button" className="button small" onClick={() => uploader.resume()}>
            <Icon name="play" />
            Resume all
          </button>
        )}
        {over && (
          <button type="button" className="button small" onClick={() => uploader.prune()}>
            <Icon name="check" />
            Clear finished
          </button>
        )}
      </div>
    </div>
  )
}

/** How many are where, and how much there is to do. */
function summaryText(sums: AggregateSnapshot): string {
  const { byStatus, totalBytes, sentBytes } = sums
  const { queued, hashing, starting, uploading, completing, completed, paused, failed } = byStatus
  const counts = [
    [hashing + starting + uploading + completing, 'in progress'],
    [queued, 'queued'],
    [paused, 'paused'],
    [failed, 'failed'],
    [completed, 'done'],
  ] as const
  const texts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  const toGo = totalBytes - sentBytes
  if (toGo > 0) texts.push(`${bytes(toGo)} to go`, ...paceOf(sums))
  return texts.join(' · ')
}
