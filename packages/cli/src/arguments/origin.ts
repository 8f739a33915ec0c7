import { UsageError } from '../usage-error.ts'

/** Reads the origin of a page. */
export function parseOrigin(option: string, value: string): string {
  if (!URL.canParse(value) || new URL(value).origin !== value) {
    throw new UsageError(
      `${option} must be an origin`,
      'Write scheme and host only, as in https://app.example.com, with no slash at the end.',
    )
  }
  return value
}
