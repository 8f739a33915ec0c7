/** How an ETag goes back to the backend: without its double quotes, or as the storage sent it. */
export type EtagMode = 'unquoted' | 'verbatim'

/** Looks a header up whatever the case of its name. */
export function findHeader(
  headers: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  const wanted = name.toLowerCase()
  for (const [key, value] of Object.entries(headers)) if (key.toLowerCase() === wanted) return value
  return undefined
}

/**
 * The ETag of a part as `complete` wants it, or undefined where the answer has no usable one
 * (contract §2). An empty ETag is none, and so are several that differ.
 */
export function readEtag(
  headers: Readonly<Record<string, string>>,
  mode: EtagMode,
): string | undefined {
  return normalizeEtag(findHeader(headers, 'etag') ?? '', mode)
}

/**
 * The same for an ETag that is already at hand.
 *
 * S3 never sends a weak ETag, but a proxy that touched the answer marks it with `W/`. What it marks
 * is still the tag that S3 knows the part by, so 'unquoted' drops the mark with the quotes.
 */
export function normalizeEtag(value: string, mode: EtagMode): string | undefined {
  const etag = onlyOne(value.trim())
  if (etag === undefined) return undefined
  const bare = /^(?:W\/)?"(.*)"$/.exec(etag)?.[1] ?? etag
  if (bare === '') return undefined
  return mode === 'verbatim' ? etag : bare
}

/** A header that came twice arrives joined: `"a", "a"`. Harmless as long as both are the same. */
function onlyOne(value: string): string | undefined {
  if (/^(?:W\/)?"[^"]*"$/.test(value)) return value
  const [first, ...others] = value.split(',').map((etag) => etag.trim())
  return others.every((other) => other === first) ? first : undefined
}
