import { useUploader } from '@s3-bg-uploader/react'
import type { ChosenFile } from '@s3-bg-uploader/transport-fetch'
import { type ReactElement, useCallback } from 'react'
import { Icon } from '../icons.tsx'
import { addItems, type ChosenItem } from './chosen-item.ts'
import { droppedFiles } from './dropped-files.ts'
import { pickFiles, pickFolder } from './picked-files.ts'
import { useWindowDrop } from './use-window-drop.ts'

/** Where files come in. The whole window takes drops; this is where it says so. */
export function DropZone({
  roomy,
  report,
}: {
  /** Whether there is nothing else on the page. */
  readonly roomy: boolean
  readonly report: (error: unknown) => void
}): ReactElement {
  const uploader = useUploader<ChosenFile>()
  const add = useCallback(
    (chosen: Promise<readonly ChosenItem[]>) => {
      if (uploader === undefined) return
      chosen.then((items) => addItems(uploader, items, report)).catch(report)
    },
    [uploader, report],
  )
  const onDrop = useCallback((transfer: DataTransfer) => add(droppedFiles(transfer)), [add])
  const dragging = useWindowDrop(onDrop)
  const opening = uploader === undefined
  return (
    <section
      className="drop-zone"
      data-roomy={roomy}
      data-dragging={dragging}
      aria-label="Add files"
    >
      <p className="drop-invitation">
        {dragging ? (
          'Let go to upload'
        ) : (
          <>
            <span className="with-a-mouse">Drop files or folders anywhere</span>
            <span className="by-touch">What shall be uploaded?</span>
          </>
        )}
      </p>
      <div className="drop-buttons">
        <button
          type="button"
          className="button primary"
          disabled={opening}
          onClick={() => add(pickFiles())}
        >
          <Icon name="file" />
          Choose files
        </button>
        <button
          type="button"
          className="button"
          disabled={opening}
          onClick={() => add(pickFolder())}
        >
          <Icon name="folder" />
          Choose a folder
        </button>
      </div>
      {roomy && (
        <p className="drop-promise">
          Close the page, lose the network, come back tomorrow: what has arrived is not sent again.
        </p>
      )}
    </section>
  )
}
