import type { Upload, UploadSnapshot } from '@s3-bg-uploader/core'
import type { ReactElement } from 'react'
import { Icon, type IconName } from '../icons.tsx'

interface Action {
  readonly icon: IconName
  readonly label: string
  act(): void
}

/** What can be done with an upload. The first of two keeps its place, and with it the focus. */
export function UploadActions({
  upload,
  snapshot,
  onRemove,
}: {
  readonly upload: Upload
  readonly snapshot: UploadSnapshot
  /** The row is about to go, and its buttons with it. */
  readonly onRemove: () => void
}): ReactElement {
  return (
    <div className="actions">
      {actionsOf(upload, snapshot, onRemove).map(({ icon, label, act }, place) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a button is its place: what it does changes
          key={place}
          type="button"
          className="button icon-only"
          aria-label={`${label} ${snapshot.name}`}
          title={label}
          onClick={act}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  )
}

function actionsOf(
  upload: Upload,
  { status }: UploadSnapshot,
  onRemove: () => void,
): readonly Action[] {
  const cancel: Action = { icon: 'close', label: 'Cancel', act: () => upload.cancel() }
  const remove: Action = {
    icon: 'close',
    label: 'Remove from the list',
    act() {
      onRemove()
      upload.forget()
    },
  }
  switch (status) {
    case 'queued':
    case 'hashing':
    case 'starting':
    case 'uploading':
    case 'completing':
      return [{ icon: 'pause', label: 'Pause', act: () => upload.pause() }, cancel]
    case 'paused':
      return [{ icon: 'play', label: 'Resume', act: () => upload.resume() }, cancel]
    case 'failed':
      return [{ icon: 'retry', label: 'Try again', act: () => upload.retry() }, remove]
    case 'completed':
    case 'cancelled':
      return [remove]
  }
}
