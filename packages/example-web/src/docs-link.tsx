import type { UploadError } from '@s3-bg-uploader/core'
import type { ReactElement } from 'react'

/** The section about a code of errors. In a tab of its own, so that what is on its way is not left. */
export function DocsLink({ error }: { readonly error: UploadError }): ReactElement {
  return (
    <a className="docs-link" href={error.docs} target="_blank" rel="noreferrer">
      More about <code>{error.code}</code>
      <span className="visually-hidden"> (opens in a new tab)</span>
    </a>
  )
}
