import { readHttpDate } from './http-date.ts'

/** Whoever asks for more than a day is wrong, or wants us gone: the retry policy ends that. */
const LONGEST_MS = 24 * 60 * 60 * 1000

/**
 * Reads a Retry-After header: milliseconds to wait, at most 24 hours, or undefined where the header
 * is missing or unreadable.
 *
 * `serverNowMs` is the time at the server that sent it, for the form that holds a date.
 */
export function readRetryAfter(
  value: string | null | undefined,
  serverNowMs: number,
): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS)
  const date = readHttpDate(text)
  return date === undefined ? undefined : Math.min(Math.max(date - serverNowMs, 0), LONGEST_MS)
}
