import { useTransfer } from '@s3-bg-uploader/react'
import { type ReactElement, type ReactNode, useId, useState } from 'react'
import { Icon } from '../icons.tsx'
import { bytes, counted, percent } from '../text/quantities.ts'
import { paceOf } from '../text/upload-text.ts'
import { isStill } from './is-still.ts'

/** As many rows as one can look through without having asked for them. */
const MOST_OPEN = 12

/** The uploads of one folder, with what they come to. */
export function Folder({
  transferId,
  count,
  children,
}: {
  readonly transferId: string
  readonly count: number
  readonly children: ReactNode
}): ReactElement | null {
  const sums = useTransfer(transferId)
  const [open, setOpen] = useState(count <= MOST_OPEN)
  const id = useId()
  if (sums === undefined) return null
  const { byStatus, uploads, totalBytes, percentage, transfer } = sums
  const texts = [
    `${byStatus.completed} of ${counted(uploads, 'file')}`,
    bytes(totalBytes),
    percent(percentage),
    ...paceOf(sums),
  ]
  return (
    <li className="folder">
      <div className="folder-head">
        <button
          type="button"
          className="folder-toggle"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <Icon name="chevron" />
          <span className="folder-name">{transferId}</span>
          <span className="folder-sums">{texts.join(' · ')}</span>
        </button>
        {!isStill(sums) && (
          <button
            type="button"
            className="button icon-only"
            aria-label={`Pause folder ${transferId}`}
            title="Pause folder"
            onClick={() => transfer.pause()}
          >
            <Icon name="pause" />
          </button>
        )}
        {isStill(sums) && byStatus.paused > 0 && (
          <button
            type="button"
            className="button icon-only"
            aria-label={`Resume folder ${transferId}`}
            title="Resume folder"
            onClick={() => transfer.resume()}
          >
            <Icon name="play" />
          </button>
        )}
      </div>
      <ul className="uploads" id={id} hidden={!open}>
        {open && children}
      </ul>
    </li>
  )
}
