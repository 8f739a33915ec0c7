import type { UploadSnapshot } from '@s3-bg-uploader/core'
import type { ReactElement } from 'react'
import { duration, percent } from '../text/quantities.ts'
import { statusLabel } from '../text/upload-text.ts'

const share = (some: number, all: number): number => (all === 0 ? 0 : (some / all) * 100)

/** How far one upload is: what is confirmed, and ahead of it what is on its way. */
export function UploadBar({ snapshot }: { readonly snapshot: UploadSnapshot }): ReactElement {
  const { name, status, totalBytes, hashedBytes, confirmedBytes, percentage, eta } = snapshot
  const hashing = status === 'hashing'
  const shown = hashing ? share(hashedBytes, totalBytes) : percentage
  const confirmed = status === 'completed' ? 100 : share(confirmedBytes, totalBytes)
  const left = eta === undefined ? '' : `, ${duration(eta)} left`
  return (
    <div
      className="bar"
      role="progressbar"
      aria-label={`Upload of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(shown)}
      aria-valuetext={`${statusLabel(snapshot)}, ${percent(shown)}${left}`}
      data-status={status}
    >
      <span className="bar-sent" style={{ inlineSize: `${shown}%` }} />
      {!hashing && <span className="bar-confirmed" style={{ inlineSize: `${confirmed}%` }} />}
    </div>
  )
}
