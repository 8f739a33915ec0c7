import type { Uploader } from '@s3-bg-uploader/core'
import { UploaderProvider, useUploads } from '@s3-bg-uploader/react'
import type { ChosenFile } from '@s3-bg-uploader/transport-fetch'
import type { ReactElement } from 'react'
import { DropZone } from './add/drop-zone.tsx'
import { Announcements } from './announcements.tsx'
import { UploadLists } from './list/upload-lists.tsx'
import { NoticeList } from './notice-list.tsx'
import type { Notices } from './notices.ts'
import { OfflineBanner } from './offline-banner.tsx'

export interface AppProps {
  /** Undefined while the journal is being opened. */
  readonly uploader: Uploader<ChosenFile> | undefined
  /** Ids of the uploads that were over when the page was opened. */
  readonly earlier: ReadonlySet<string>
  readonly notices: Notices
}

/** The page. */
export function App({ uploader, earlier, notices }: AppProps): ReactElement {
  return (
    <UploaderProvider uploader={uploader}>
      <Announcements>
        <header className="page-head">
          <Mark />
          <h1>s3-bg-uploader</h1>
          <p>Uploads to S3 that survive reloads and lost networks</p>
        </header>
        <main>
          <OfflineBanner />
          <NoticeList notices={notices} />
          <Body earlier={earlier} report={notices.report} />
        </main>
      </Announcements>
    </UploaderProvider>
  )
}

function Body({
  earlier,
  report,
}: {
  readonly earlier: ReadonlySet<string>
  readonly report: (error: unknown) => void
}): ReactElement {
  const empty = useUploads().length === 0
  return (
    <>
      <DropZone roomy={empty} report={report} />
      <UploadLists earlier={earlier} report={report} />
    </>
  )
}

/** Nine parts: confirmed, in flight, waiting. */
function Mark(): ReactElement {
  const states = ['confirmed', 'sending', 'waiting'] as const
  const parts = [0, 0, 0, 0, 0, 1, 1, 2, 2]
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
      {parts.map((state, at) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a drawing, which never changes
          key={at}
          x={1 + (at % 3) * 5}
          y={1 + Math.floor(at / 3) * 5}
          width={4}
          height={4}
          data-state={states[state]}
        />
      ))}
    </svg>
  )
}
