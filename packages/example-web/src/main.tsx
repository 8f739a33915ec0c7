import type { Uploader } from '@s3-bg-uploader/core'
import type { ChosenFile } from '@s3-bg-uploader/transport-fetch'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { Notices } from './notices.ts'
import { openUploader } from './open-uploader.ts'

const element = document.getElementById('root')
if (element === null) throw new Error('The page has no #root')
const root = createRoot(element)
const notices = new Notices()

function show(uploader: Uploader<ChosenFile> | undefined): void {
  const over = (uploader?.uploads() ?? []).filter((upload) => {
    const { status } = upload.getSnapshot()
    return status === 'completed' || status === 'cancelled'
  })
  const earlier = new Set(over.map(({ id }) => id))
  root.render(
    <StrictMode>
      <App uploader={uploader} earlier={earlier} notices={notices} />
    </StrictMode>,
  )
}

// The page is there at once; what it knows of uploads comes with the journal.
show(undefined)
openUploader(notices.report).then(show, notices.report)
