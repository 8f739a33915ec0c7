import { isPlainObject } from '../protocol/plain-object.ts'

/** Whether a value, as `JSON.parse` makes it, is what it should be. */
export type Guard<T> = (value: unknown) => value is T

type Guarded<G> = G extends Guard<infer T> ? T : never

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

export function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

export function isOneOf<T>(values: readonly T[]): Guard<T> {
  return (value): value is T => values.some((one) => one === value)
}

export function optional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value)
}

export function listOf<T>(guard: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(guard)
}

/** An object whose fields are what they should be. It may have others. */
export function objectOf<F extends Readonly<Record<string, Guard<unknown>>>>(
  fields: F,
): Guard<{ readonly [K in keyof F]: Guarded<F[K]> }> {
  const guards = Object.entries(fields)
  return (value): value is { readonly [K in keyof F]: Guarded<F[K]> } =>
    isPlainObject(value) && guards.every(([name, guard]) => guard(value[name]))
}
