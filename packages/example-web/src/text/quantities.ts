const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes for people, to three digits: `1.23 MB`, `45.6 MB`, `789 MB`. */
export function bytes(count: number): string {
  let value = count
  let unit = 0
  // 999.5 would be shown as 1000.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

/** Bytes per second. */
export function speed(bytesPerSecond: number): string {
  return `${bytes(bytesPerSecond)}/s`
}

/** Seconds for people: the two largest units that are worth telling. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`
  return `${Math.round(hours / 24)} days`
}

/** Whole percents, and 100 only for what is all there. */
export function percent(percentage: number): string {
  return `${Math.floor(percentage)} %`
}

/** `1 part`, `2 parts`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}
