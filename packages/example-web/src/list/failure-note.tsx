import type { UploadError } from '@s3-bg-uploader/core'
import type { ReactElement } from 'react'
import { DocsLink } from '../docs-link.tsx'

/** What went wrong, what to do about it, and where there is more to read. */
export function FailureNote({ error }: { readonly error: UploadError }): ReactElement {
  return (
    <div className="note failed">
      <p>{error.message}</p>
      <p>{error.hint}</p>
      <p>
        <DocsLink error={error} />
      </p>
    </div>
  )
}
