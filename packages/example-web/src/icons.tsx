import type { ReactElement } from 'react'

const PATHS = {
  pause: 'M6.5 4.5v11M13.5 4.5v11',
  play: 'M6.5 4.2v11.6l9-5.8z',
  close: 'M5 5l10 10M15 5L5 15',
  retry: 'M15.8 10a5.8 5.8 0 1 1-1.9-4.3M16 2.6v4h-4',
  file: 'M5 2.5h6.5L15.5 6.5v11H5zM11.5 2.5v4h4',
  folder: 'M2.5 5h5l2 2.5h8v9h-15z',
  check: 'M4 10.5l4 4 8-9',
  alert: 'M10 3l8 14H2zM10 8v4.2M10 14.3v.4',
  chevron: 'M7.5 5l5 5-5 5',
  unlock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 5.8-1',
  offline:
    'M3 3l14 14M2.5 8a11 11 0 0 1 4-2.4M17.5 8A11 11 0 0 0 10 5M5.5 11.3a6.5 6.5 0 0 1 3-1.7M10 15.5v.3',
} as const

export type IconName = keyof typeof PATHS

/** Decoration: what it means is said in words beside it. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
