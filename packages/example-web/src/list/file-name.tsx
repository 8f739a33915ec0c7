import type { ReactElement } from 'react'
import { splitName } from './split-name.ts'

/** A name that gives way in its middle: the end of a long name says more than what is before it. */
export function FileName({ name }: { readonly name: string }): ReactElement {
  const [start, end] = splitName(name)
  return (
    <span className="file-name" title={name}>
      <span className="file-name-start">{start}</span>
      <span>{end}</span>
    </span>
  )
}
