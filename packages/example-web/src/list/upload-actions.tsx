import type { Upload, UploadSnapshot } from '@s3-bg-uploader/core'
import { type ReactElement, type Ref, useCallback, useRef } from 'react'
import { Icon, type IconName } from '../icons.tsx'

interface Action {
  readonly icon: IconName
  readonly label: string
  act(): void
}

/** What can be done with an upload: to move or stop it, where it is not over, and to be rid of it. */
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
  const second = useRef<HTMLButtonElement>(null)
  // When an upload is over the first button goes; who was on it must not be thrown off the list.
  const first = useCallback(
    (button: HTMLButtonElement | null) => () => {
      if (document.activeElement === button) second.current?.focus()
    },
    [],
  )
  const { name } = snapshot
  const move = moveOf(upload, snapshot)
  return (
    <div className="actions">
      {move !== undefined && <ActionButton ref={first} action={move} name={name} />}
      <ActionButton ref={second} action={endOf(upload, snapshot, onRemove)} name={name} />
    </div>
  )
}

function ActionButton({
  ref,
  action: { icon, label, act },
  name,
}: {
  readonly ref: Ref<HTMLButtonElement>
  readonly action: Action
  readonly name: string
}): ReactElement {
  return (
    <button
      ref={ref}
      type="button"
      className="button icon-only"
      aria-label={`${label} ${name}`}
      title={label}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  )
}

function moveOf(upload: Upload, { status }: UploadSnapshot): Action | undefined {
  switch (status) {
    case 'queued':
    case 'hashing':
    case 'starting':
    case 'uploading':
    case 'completing':
      return { icon: 'pause', label: 'Pause', act: () => upload.pause() }
    case 'paused':
      return { icon: 'play', label: 'Resume', act: () => upload.resume() }
    case 'failed':
      return { icon: 'retry', label: 'Try again', act: () => upload.retry() }
    case 'completed':
    case 'cancelled':
      return undefined
  }
}

function endOf(upload: Upload, { status }: UploadSnapshot, onRemove: () => void): Action {
  if (status !== 'completed' && status !== 'cancelled' && status !== 'failed') {
    return { icon: 'close', label: 'Cancel', act: () => upload.cancel() }
  }
  return {
    icon: 'close',
    label: 'Remove from the list',
    act() {
      onRemove()
      upload.forget()
    },
  }
}
