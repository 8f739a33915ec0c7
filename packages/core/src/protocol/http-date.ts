import { utcTime } from './utc-time.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z][a-z]) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/

/**
 * Reads an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT`: milliseconds since the epoch, or
 * undefined. `Date.parse` is not asked, since engines differ in what they accept and make of it.
 */
export function readHttpDate(value: string | null | undefined): number | undefined {
  const [, day, month, year, hour, minute, second] = IMF_FIXDATE.exec(value?.trim() ?? '') ?? []
  if (month === undefined) return undefined
  return utcTime(
    Number(year),
    MONTHS.indexOf(month) + 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
}
