import { utcTime } from './utc-time.ts'

/** `Expires=3600` is not a point in time, though some signers think so. */
const EARLIEST_EPOCH_SECONDS = 1_000_000_000

/** What a presigned URL tells, in milliseconds since the epoch by the clock that signed it. */
export interface UrlTimes {
  /** S3 and Google version 4 tell it. */
  readonly signedAt: number | undefined
  /** Undefined where the URL does not tell (guarantee 4). */
  readonly expiresAt: number | undefined
}

/**
 * Reads the times of a presigned URL: of S3 and Google version 4, `Expires` of S3 and Google version 2
 * and of CloudFront, and the `se` of an Azure SAS. The URL is searched as text: a URL class might
 * rewrite it.
 */
export function readTimes(url: string): UrlTimes {
  const query = readQuery(url)
  const amz = basicTime(query.get('x-amz-date'))
  const goog = basicTime(query.get('x-goog-date'))
  return {
    signedAt: amz ?? goog,
    expiresAt:
      after(amz, query.get('x-amz-expires')) ??
      after(goog, query.get('x-goog-expires')) ??
      epochSeconds(query.get('expires')) ??
      (query.has('sig') ? isoTime(query.get('se')) : undefined),
  }
}

/** Signatures and tokens are long, and none of our business. */
const NAMES: ReadonlySet<string> = new Set([
  'expires',
  'se',
  'sig',
  'x-amz-date',
  'x-amz-expires',
  'x-goog-date',
  'x-goog-expires',
])

/** By lower-case name; of a name that is repeated, the first value. */
function readQuery(url: string): ReadonlyMap<string, string> {
  const [address = ''] = url.split('#', 1)
  const query = new Map<string, string>()
  // Before the first pair stands the question mark, before the others an ampersand.
  let start = address.indexOf('?')
  while (start >= 0) {
    const next = address.indexOf('&', start + 1)
    const end = next < 0 ? address.length : next
    const equals = address.indexOf('=', start)
    if (equals >= 0 && equals < end) {
      const name = decode(address.slice(start + 1, equals)).toLowerCase()
      if (NAMES.has(name) && !query.has(name)) {
        query.set(name, decode(address.slice(equals + 1, end)))
      }
    }
    start = next
  }
  return query
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function after(signedAt: number | undefined, life: string | undefined): number | undefined {
  if (signedAt === undefined || life === undefined || !/^\d{1,9}$/.test(life)) return undefined
  return signedAt + Number(life) * 1000
}

function basicTime(value: string | undefined): number | undefined {
  const fields = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value ?? '')
  return fields ? fromFields(fields) : undefined
}

function epochSeconds(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{10,11}$/.test(value)) return undefined
  const seconds = Number(value)
  return seconds < EARLIEST_EPOCH_SECONDS ? undefined : seconds * 1000
}

function isoTime(value: string | undefined): number | undefined {
  const fields =
    /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?Z)?$/.exec(value ?? '') ??
    undefined
  return fields && fromFields(fields)
}

function fromFields(fields: readonly (string | undefined)[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour, minute, second] = fields
    .slice(1)
    .map((field) => Number(field ?? 0))
  return utcTime(year, month, day, hour, minute, second)
}
