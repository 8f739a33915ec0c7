import { useSnapshot } from '@s3-bg-uploader/react'
import type { ReactElement } from 'react'
import { Icon } from './icons.tsx'
import type { Notices } from './notices.ts'

/** What went wrong beside the uploads. */
export function NoticeList({ notices }: { readonly notices: Notices }): ReactElement {
  const shown = useSnapshot(notices)
  return (
    <div role="alert">
      {shown.map(({ id, text, hint }) => (
        <div className="notice" key={id}>
          <Icon name="alert" />
          <div>
            <p>{text}</p>
            {hint !== undefined && <p className="notice-hint">{hint}</p>}
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
