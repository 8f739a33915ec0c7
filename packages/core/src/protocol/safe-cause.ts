/** Shorter pieces are words and numbers, not secrets. */
const SHORTEST_SECRET = 8
const DEEPEST = 4
const MOST_STRINGS = 200

/**
 * `error`, unless it shows one of the secrets (header values, queries of URLs) in anything that a
 * logger would print; then an Error that keeps only its name and its codes.
 *
 * Platforms do put such things into messages: node-fetch the whole URL, undici a header's value.
 */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  const pieces = secrets
    .flatMap((secret) => secret.split(/[\s?&=;,]/))
    .filter((piece) => piece.length >= SHORTEST_SECRET)
  const shown = shownStrings(error)
  const safe = shown?.every((text) => !pieces.some((piece) => text.includes(piece)))
  return safe ? error : withoutText(error)
}

/** An Error with the same name and code, so that it is described as the original would be. */
export function withoutText(error: unknown): Error {
  const [name = '', code] = tokensOf(error)
  return Object.assign(new Error(describeError(error)), name && { name }, code && { code })
}

/** `TypeError, ECONNREFUSED`: the name of an error and the codes beneath it, never its message. */
export function describeError(error: unknown): string {
  return tokensOf(error).join(', ') || 'unknown error'
}

function tokensOf(error: unknown): readonly string[] {
  const tokens: string[] = []
  let at: unknown = error
  for (let depth = 0; depth < DEEPEST && at instanceof Error; depth += 1) {
    const { name, code, cause } = at as Error & { readonly code?: unknown }
    for (const token of depth === 0 ? [name, code] : [code])
      if (typeof token === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(token))
        tokens.push(token)
    at = cause
  }
  return tokens
}

/** Undefined where there is too much to look at. */
function shownStrings(error: unknown): readonly string[] | undefined {
  const strings: string[] = []
  const seen = new Set<unknown>()
  const visit = (value: unknown, depth: number): boolean => {
    if (typeof value === 'string') return strings.push(value) <= MOST_STRINGS
    if (typeof value !== 'object' || value === null || seen.has(value)) return true
    if (ArrayBuffer.isView(value)) return true
    if (depth > DEEPEST) return false
    seen.add(value)
    // Of an Error, these three are not enumerable.
    const { message, stack, cause } = value as Error
    return [message, stack, cause, ...Object.keys(value), ...Object.values(value)].every((entry) =>
      visit(entry, depth + 1),
    )
  }
  try {
    return visit(error, 0) ? strings : undefined
  } catch {
    return undefined
  }
}
