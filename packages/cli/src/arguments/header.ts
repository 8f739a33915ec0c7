import { UsageError } from '../usage-error.ts'

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Reads `name: value` pairs. Values are not repeated in errors: they are usually secrets. */
export function parseHeaders(
  values: readonly string[],
  option = '--header',
): Readonly<Record<string, string>> {
  const headers = new Map<string, string>()
  for (const text of values) {
    const colon = text.indexOf(':')
    const name = text.slice(0, Math.max(colon, 0)).trim().toLowerCase()
    const value = text.slice(colon + 1).trim()
    if (colon < 0 || !NAME.test(name)) {
      throw new UsageError(
        `${option} takes a name and a value`,
        `Write it as ${option} 'authorization: Bearer TOKEN', with the quotes.`,
      )
    }
    if (!VALUE.test(value)) {
      throw new UsageError(`${option} ${name} has a character that HTTP does not allow`)
    }
    if (headers.has(name)) throw new UsageError(`${option} ${name} is given twice`)
    headers.set(name, value)
  }
  return Object.fromEntries(headers)
}
