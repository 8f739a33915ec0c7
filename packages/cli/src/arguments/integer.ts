import { UsageError } from '../usage-error.ts'

/** Reads a whole number from `min` to `max`, written in plain digits. */
export function parseInteger(
  option: string,
  text: string,
  { min, max = Number.MAX_SAFE_INTEGER }: { readonly min: number; readonly max?: number },
): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
    throw new UsageError(`${option} must be a whole number ${range}`)
  }
  return value
}
