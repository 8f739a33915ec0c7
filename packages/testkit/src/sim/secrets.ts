/** What must be seen nowhere but on the wire; the storage and the client sign with these. */
const SECRETS: readonly string[] = ['S3CRET', 'T0KEN']

export function findSecret(text: string): string | undefined {
  return SECRETS.find((secret) => text.includes(secret))
}

/** Everything that a logger would show of an error; its stack begins with its message. */
export function textOf(error: unknown, depth = 0): string {
  if (typeof error === 'string') return error
  if (typeof error !== 'object' || error === null || depth > 5) return ''
  const { message, cause, hint } = error as {
    readonly message?: unknown
    readonly cause?: unknown
    readonly hint?: unknown
  }
  return [message, hint].map(String).join('\n') + textOf(cause, depth + 1)
}
