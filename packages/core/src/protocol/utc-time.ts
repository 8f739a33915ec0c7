/** Milliseconds since the epoch, or undefined where the fields are no date. `month` is 1 to 12. */
export function utcTime(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const midnight = new Date(Date.UTC(year, month - 1, day))
  // Date.UTC carries the 31st of June over into July, and takes year 7 for 1907.
  const exists =
    midnight.getUTCFullYear() === year &&
    midnight.getUTCMonth() === month - 1 &&
    midnight.getUTCDate() === day
  return exists ? midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 : undefined
}
