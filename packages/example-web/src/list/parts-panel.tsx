import type { PartSnapshot, Upload } from '@s3-bg-uploader/core'
import { useParts } from '@s3-bg-uploader/react'
import { type ReactElement, useId, useState } from 'react'
import { Icon } from '../icons.tsx'
import { counted } from '../text/quantities.ts'
import { PartGrid } from './part-grid.tsx'

/** The parts of an upload: their counts, and a grid that can be shown or hidden. */
export function PartsPanel({
  upload,
  name,
  initiallyOpen,
}: {
  readonly upload: Upload
  readonly name: string
  readonly initiallyOpen: boolean
}): ReactElement | null {
  const [open, setOpen] = useState(initiallyOpen)
  const id = useId()
  const parts = useParts(upload)
  // Nothing is kept of the parts of an upload that is over, and one part is no grid.
  if (parts.length < 2) return null
  return (
    <div className="parts">
      <div className="parts-line">
        <button
          type="button"
          className="parts-toggle"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <Icon name="chevron" />
          <span>
            {counted(parts.length, 'part')}
            <span className="visually-hidden"> of {name}</span>
          </span>
        </button>
        <ul className="legend">
          {countsOf(parts).map(({ state, count, text }) => (
            <li key={state}>
              <span className="swatch" data-state={state} />
              {count.toLocaleString('en')} {text}
            </li>
          ))}
        </ul>
      </div>
      <div id={id} hidden={!open}>
        {open && <PartGrid parts={parts} />}
      </div>
    </div>
  )
}

interface PartCount {
  readonly state: PartSnapshot['state'] | 'retried'
  readonly count: number
  readonly text: string
}

/** What the colors mean, and how many there are of each; those that come and go only if there are any. */
function countsOf(parts: readonly PartSnapshot[]): readonly PartCount[] {
  const counts = { waiting: 0, sending: 0, confirmed: 0, retried: 0 }
  for (const { state, attempts } of parts) {
    counts[state] += 1
    if (attempts > 0) counts.retried += 1
  }
  const all: readonly PartCount[] = [
    { state: 'confirmed', count: counts.confirmed, text: 'confirmed' },
    { state: 'sending', count: counts.sending, text: 'in flight' },
    { state: 'waiting', count: counts.waiting, text: 'waiting' },
    { state: 'retried', count: counts.retried, text: 'tried again' },
  ]
  return all.filter(({ state, count }) => count > 0 || state === 'confirmed')
}
