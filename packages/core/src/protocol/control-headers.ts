import { isPlainObject } from './plain-object.ts'

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

/** What is wrong with `headers`, without a word of their values; undefined when nothing is. */
export function findHeaderProblem(headers: unknown): string | undefined {
  if (!isPlainObject(headers)) return 'headers must be a plain object of strings'
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name)) return 'headers has a name that HTTP does not allow'
    if (typeof value !== 'string')
      return `headers.${name} must be a string, not ${value === null ? 'null' : typeof value}`
    if (!VALUE.test(value)) return `headers.${name} holds characters that HTTP does not allow`
  }
  return undefined
}
