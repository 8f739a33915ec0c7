import { type LiveTransfer, useTransfer } from '@s3-bg-uploader/react'
import { type ReactElement, type ReactNode, useId, useState } from 'react'
import { Icon, type IconName } from '../icons.tsx'
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
  const { byStatus, uploads, totalBytes, percentage } = sums
  const texts = [
    `${byStatus.completed} of ${counted(uploads, 'file')}`,
    bytes(totalBytes),
    percent(percentage),
    ...paceOf(sums),
  ]
  const command = commandOf(sums)
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
        {command !== undefined && (
          <button
            type="button"
            className="button icon-only"
            aria-label={`${command.label} ${transferId}`}
            title={command.label}
            onClick={command.act}
          >
            <Icon name={command.icon} />
          </button>
        )}
      </div>
      <ul className="uploads" id={id} hidden={!open}>
        {open && children}
      </ul>
    </li>
  )
}

interface Command {
  readonly icon: IconName
  readonly label: string
  act(): void
}

/** One button for both, so that pressing it does not take the focus away. */
function commandOf(sums: LiveTransfer): Command | undefined {
  const { byStatus, transfer } = sums
  if (!isStill(sums)) return { icon: 'pause', label: 'Pause folder', act: () => transfer.pause() }
  if (byStatus.paused === 0) return undefined
  return { icon: 'play', label: 'Resume folder', act: () => transfer.resume() }
}
