import type { AggregateSnapshot } from '@s3-bg-uploader/core'
import { useSnapshot, useUploader } from '@s3-bg-uploader/react'
import type { ReactElement } from 'react'
import { Icon, type IconName } from '../icons.tsx'
import { bytes } from '../text/quantities.ts'
import { paceOf } from '../text/upload-text.ts'
import { isStill } from './is-still.ts'

/** Everything together, and what can be done with all of it at once. */
export function Summary({
  onClear,
}: {
  /** The button that was pressed is about to go. */
  readonly onClear: () => void
}): ReactElement | null {
  const uploader = useUploader()
  const sums = useSnapshot(uploader)
  if (uploader === undefined || sums === undefined || sums.uploads === 0) return null
  const { byStatus } = sums
  const still = isStill(sums)
  const clear = (): void => {
    onClear()
    uploader.prune()
  }
  return (
    <div className="summary">
      <p className="summary-text">{summaryText(sums)}</p>
      <div className="summary-actions">
        {/* One button for both, so that pressing it does not take the focus away. */}
        {(!still || byStatus.paused > 0) && (
          <SmallButton
            icon={still ? 'play' : 'pause'}
            text={still ? 'Resume all' : 'Pause all'}
            act={() => (still ? uploader.resume() : uploader.pause())}
          />
        )}
        {!still && byStatus.paused > 0 && (
          <SmallButton icon="play" text="Resume paused" act={() => uploader.resume()} />
        )}
        {byStatus.completed + byStatus.cancelled > 0 && (
          <SmallButton icon="check" text="Clear finished" act={clear} />
        )}
      </div>
    </div>
  )
}

function SmallButton({
  icon,
  text,
  act,
}: {
  readonly icon: IconName
  readonly text: string
  readonly act: () => void
}): ReactElement {
  return (
    <button type="button" className="button small" onClick={act}>
      <Icon name={icon} />
      {text}
    </button>
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
