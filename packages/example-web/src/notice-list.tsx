import { useSnapshot } from '@s3-bg-uploader/react'
import type { ReactElement } from 'react'
import { DocsLink } from './docs-link.tsx'
import { Icon } from './icons.tsx'
import type { Notices } from './notices.ts'

/** What went wrong beside the uploads. */
export function NoticeList({ notices }: { readonly notices: Notices }): ReactElement {
  const shown = useSnapshot(notices)
  return (
    <div role="alert">
      {shown.map(({ id, text, error }) => (
        <div className="notice" key={id}>
          <Icon name="alert" />
          <div>
            <p>{text}</p>
            {error !== undefined && (
              <p className="notice-hint">
                {error.hint} <DocsLink error={error} />
              </p>
            )}
          </div>
          <button
            type="button"
            className="button icon-only"
            aria-label={`Dismiss: ${text}`}
            title="Dismiss"
            onClick={() => notices.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
