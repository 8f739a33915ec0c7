import type { ReactElement } from 'react'

/** As much of the end as tells two files apart. */
const TAIL = 10

/** A name that gives way in its middle: the end of a long name says more than what is before it. */
export function FileName({ name }: { readonly name: string }): ReactElement {
  const at = name.length > 2 * TAIL ? name.length - TAIL : name.length
  return (
    <span className="file-name" title={name}>
      <span className="file-name-start">{name.slice(0, at)}</span>
      <span>{name.slice(at)}</span>
    </span>
  )
}
