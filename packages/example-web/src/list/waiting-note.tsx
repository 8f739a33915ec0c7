import type { Upload, UploadSnapshot } from '@s3-bg-uploader/core'
import { useUploader } from '@s3-bg-uploader/react'
import type { ChosenFile } from '@s3-bg-uploader/transport-fetch'
import type { ReactElement } from 'react'
import { optionsOf } from '../add/chosen-item.ts'
import { pickFile } from '../add/picked-files.ts'
import { Icon } from '../icons.tsx'
import { waitingText } from '../text/upload-text.ts'
import { Countdown } from './countdown.tsx'

/** Why nothing moves, and where the user can do something about it, the button that does. */
export function WaitingNote({
  upload,
  snapshot,
  report,
}: {
  readonly upload: Upload
  readonly snapshot: UploadSnapshot
  readonly report: (error: unknown) => void
}): ReactElement | null {
  const text = waitingText(snapshot)
  const { waitingFor, name } = snapshot
  if (waitingFor === undefined || text === undefined) return null
  const needsPermission = waitingFor.error?.code === 'permission_needed'
  return (
    <div className="note waiting">
      <p>
        {text}
        {waitingFor.until !== undefined && <Countdown until={waitingFor.until} />}
      </p>
      {needsPermission && (
        // In the click itself: only then may the page ask.
        <button type="button" className="button small" onClick={() => upload.resume()}>
          <Icon name="unlock" />
          <span>
            Allow reading<span className="visually-hidden"> {name}</span>
          </span>
        </button>
      )}
      {waitingFor.reason === 'file' && !needsPermission && (
        <ChooseAgain snapshot={snapshot} report={report} />
      )}
    </div>
  )
}

/** Adding the same file attaches it to the upload that waits for it. */
function ChooseAgain({
  snapshot: { name, totalBytes, transferId },
  report,
}: {
  readonly snapshot: UploadSnapshot
  readonly report: (error: unknown) => void
}): ReactElement {
  const uploader = useUploader<ChosenFile>()
  const choose = async (): Promise<void> => {
    const chosen = await pickFile()
    if (chosen === undefined || uploader === undefined) return
    const { size } = 'size' in chosen ? chosen : await chosen.getFile()
    if (chosen.name !== name || size !== totalBytes) {
      throw new Error(`${chosen.name} is not the file that was chosen before: ${name}`)
    }
    await uploader.uploadFile(chosen, optionsOf(name, transferId))
  }
  return (
    <button type="button" className="button small" onClick={() => choose().catch(report)}>
      <Icon name="file" />
      <span>
        Choose<span className="visually-hidden"> {name}</span> again
      </span>
    </button>
  )
}
