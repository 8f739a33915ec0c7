import type { PartSnapshot } from '@s3-bg-uploader/core'

/** `parts`, with the objects of `before` where nothing changed; `before` itself where nothing did. */
export function samePartsKept(
  before: readonly PartSnapshot[],
  parts: readonly PartSnapshot[],
): readonly PartSnapshot[] {
  let same = parts.length === before.length
  const kept = parts.map((part, at) => {
    const known = before[at]
    if (known !== undefined && isSame(known, part)) return known
    same = false
    return part
  })
  return same ? before : kept
}

function isSame(a: PartSnapshot, b: PartSnapshot): boolean {
  return (
    a.state === b.state &&
    a.sentBytes === b.sentBytes &&
    a.attempts === b.attempts &&
    a.size === b.size
  )
}
