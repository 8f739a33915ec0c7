import type * as z from 'zod/mini'

/** More would bury the first ones. */
const MOST_ISSUES = 5

/** Either the value, or what is wrong with it as `path: expected this, received that`. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

/**
 * Checks an answer against its schema. The problem names fields and types; of the values themselves
 * it shows nothing but numbers.
 */
export function readAnswer<T>(schema: z.ZodMiniType<T>, answer: unknown): Read<T> {
  const result = schema.safeParse(answer)
  if (result.success) return { ok: true, value: result.data }
  const { issues } = result.error
  const problems = issues
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => describeMismatch(path, message, valueAt(answer, path)))
  if (issues.length > MOST_ISSUES) problems.push(`and ${issues.length - MOST_ISSUES} more`)
  return { ok: false, problem: problems.join('; ') }
}

/** `parts.3.ETag: expected string, received undefined` */
export function describeMismatch(
  path: readonly PropertyKey[],
  expected: string,
  received: unknown,
): string {
  return `${path.map(String).join('.') || 'body'}: expected ${expected}, received ${nameOf(received)}`
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Record<PropertyKey, unknown>)[step]
  }
  return at
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === '') return 'an empty string'
  if (typeof value === 'number') return String(value)
  return Array.isArray(value) ? 'array' : typeof value
}
