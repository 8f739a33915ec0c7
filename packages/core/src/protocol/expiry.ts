import { utcTime } from './utc-time.ts'

/** `Expires=3600` is not a point in time, though some signers think so. */
const EARLIEST_EPOCH_SECONDS = 1_000_000_000

/**
 * When a presigned URL expires, in milliseconds since the epoch by the clock that signed it, or
 * undefined where the URL does not tell (guarantee 4).
 *
 * Understands S3 and Google version 4, `Expires` of S3 and Google version 2 and of CloudFront, and
 * the `se` of an Azure SAS. The URL is searched as text: a URL class might rewrite it.
 */
export function readExpiry(url: string): number | undefined {
  const query = readQuery(url)
  return (
    dateAndLife(query.get('x-amz-date'), query.get('x-amz-expires')) ??
    dateAndLife(query.get('x-goog-date'), query.get('x-goog-expires')) ??
    epochSeconds(query.get('expires')) ??
    (query.has('sig') ? isoTime(query.get('se')) : undefined)
  )
}

/**
 * When a presigned URL was signed, by the clock that signed it, where it tells: S3 and Google
 * version 4 do.
 */
export function readSigningTime(url: string): number | undefined {
  const query = readQuery(url)
  return basicTime(query.get('x-amz-date')) ?? basicTime(query.get('x-goog-date'))
}

/** By lower-case name; of a name that is repeated, the first value. */
function readQuery(url: string): ReadonlyMap<string, string> {
  const [address = ''] = url.split('#', 1)
  const start = address.indexOf('?')
  const query = new Map<string, string>()
  if (start < 0) return query
  for (const pair of address.slice(start + 1).split('&')) {
    const equals = pair.indexOf('=')
    if (equals < 0) continue
    const name = decode(pair.slice(0, equals)).toLowerCase()
    if (!query.has(name)) query.set(name, decode(pair.slice(equals + 1)))
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

function dateAndLife(date: string | undefined, life: string | undefined): number | undefined {
  if (life === undefined || !/^\d{1,9}$/.test(life)) return undefined
  const signedAt = basicTime(date)
  return signedAt === undefined ? undefined : signedAt + Number(life) * 1000
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
