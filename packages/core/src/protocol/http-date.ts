/**
 * Reads an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`: milliseconds since the epoch, or
 * undefined. Engines differ in what else `Date.parse` accepts and makes of it, but not in how they
 * write a time: what they would write otherwise is none.
 */
export function readHttpDate(value: string | null | undefined): number | undefined {
  const text = value?.trim() ?? ''
  const time = Date.parse(text)
  return Number.isFinite(time) && new Date(time).toUTCString() === text ? time : undefined
}
