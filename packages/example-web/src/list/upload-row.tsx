import type { Upload, UploadSnapshot } from '@s3-bg-uploader/core'
import { useSnapshot } from '@s3-bg-uploader/react'
import { memo, type ReactElement, useEffect, useRef } from 'react'
import { useAnnounce } from '../announcements.tsx'
import { percent } from '../text/quantities.ts'
import { announcement, progressText, statusLabel } from '../text/upload-text.ts'
import { FailureNote } from './failure-note.tsx'
import { FileName } from './file-name.tsx'
import { PartsPanel } from './parts-panel.tsx'
import { UploadActions } from './upload-actions.tsx'
import { UploadBar } from './upload-bar.tsx'
import { WaitingNote } from './waiting-note.tsx'

export interface UploadRowProps {
  readonly upload: Upload
  /** Whether its parts are shown before anybody asks. */
  readonly showParts: boolean
  readonly onRemove: () => void
  readonly report: (error: unknown) => void
}

/** One upload: how far it is, what stops it, what can be done. */
export const UploadRow = memo(function UploadRow({
  upload,
  showParts,
  onRemove,
  report,
}: UploadRowProps): ReactElement {
  const snapshot = useSnapshot(upload)
  const { name, status, percentage, error, key } = snapshot
  useStatusAnnounced(snapshot)
  const over = status === 'completed' || status === 'cancelled'
  return (
    <li className="upload" data-status={status} data-waiting={snapshot.waitingFor?.reason}>
      <div className="upload-head">
        <FileName name={name} />
        <UploadActions upload={upload} snapshot={snapshot} onRemove={onRemove} />
      </div>
      {!over && <UploadBar snapshot={snapshot} />}
      <p className="upload-line">
        <span>
          <span className="status">{statusLabel(snapshot)}</span> {progressText(snapshot)}
        </span>
        {!over && <span className="percent">{percent(percentage)}</span>}
      </p>
      {status === 'completed' && key !== undefined && <p className="stored">{key}</p>}
      <WaitingNote upload={upload} snapshot={snapshot} report={report} />
      {error !== undefined && <FailureNote error={error} />}
      <PartsPanel upload={upload} name={name} initiallyOpen={showParts} />
    </li>
  )
})

/** Tells of every change of the status but the first that is seen. */
function useStatusAnnounced(snapshot: UploadSnapshot): void {
  const announce = useAnnounce()
  const text = announcement(snapshot)
  const before = useRef(text)
  useEffect(() => {
    if (before.current === text) return
    before.current = text
    announce(text)
  }, [announce, text])
}
