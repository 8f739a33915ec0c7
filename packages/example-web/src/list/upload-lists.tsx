import type { Upload } from '@s3-bg-uploader/core'
import { useUploads } from '@s3-bg-uploader/react'
import { type ReactElement, useCallback, useMemo, useRef } from 'react'
import { Folder } from './folder.tsx'
import { groupByTransfer } from './group-by-transfer.ts'
import { Summary } from './summary.tsx'
import { UploadRow } from './upload-row.tsx'

/** With more of them, grids would push the other uploads off the screen. */
const MOST_WITH_PARTS = 3

/** What is on its way, and below it what earlier visits to the page have brought to its end. */
export function UploadLists({
  earlier,
  report,
}: {
  /** Ids of the uploads that were over when the page was opened. */
  readonly earlier: ReadonlySet<string>
  readonly report: (error: unknown) => void
}): ReactElement {
  const uploads = useUploads()
  const heading = useRef<HTMLHeadingElement>(null)
  const { current, past } = useMemo(
    () => ({
      current: uploads.filter(({ id }) => !earlier.has(id)),
      past: uploads.filter(({ id }) => earlier.has(id)).reverse(),
    }),
    [uploads, earlier],
  )
  // The button that was pressed goes with its row; the focus must not fall back to the page.
  const onRemove = useCallback(() => heading.current?.focus(), [])
  const row = (upload: Upload): ReactElement => (
    <UploadRow
      key={upload.id}
      upload={upload}
      showParts={current.length <= MOST_WITH_PARTS}
      onRemove={onRemove}
      report={report}
    />
  )
  const empty = uploads.length === 0
  return (
    <section aria-labelledby="uploads">
      <div className={empty ? 'visually-hidden' : 'section-head'}>
        <h2 id="uploads" ref={heading} tabIndex={-1}>
          {empty ? 'No uploads' : 'Uploads'}
        </h2>
        <Summary onClear={onRemove} />
      </div>
      <ul className="uploads">
        {groupByTransfer(current).map(({ transferId, uploads: members }) =>
          transferId === undefined ? (
            members.map(row)
          ) : (
            <Folder key={`folder ${transferId}`} transferId={transferId} count={members.length}>
              {members.map(row)}
            </Folder>
          ),
        )}
      </ul>
      {past.length > 0 && (
        <>
          <h3 className="earlier">From earlier visits</h3>
          <ul className="uploads">{past.map(row)}</ul>
        </>
      )}
    </section>
  )
}
