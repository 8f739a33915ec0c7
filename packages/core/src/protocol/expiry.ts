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
  const amz = isoTime(query.get('x-amz-date'))
  const goog = isoTime(query.get('x-goog-date'))
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
  const pairs = /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? ''
  const query = new Map<string, string>()
  for (const pair of pairs.split('&')) {
    const equals = pair.indexOf('=')
    const name = decode(pair.slice(0, Math.max(0, equals))).toLowerCase()
    if (NAMES.has(name) && !query.has(name)) query.set(name, decode(pair.slice(equals + 1)))
  }
  return query
}

function decode(text: string): string {
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

function epochSeconds(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{10,11}$/.test(value)) return undefined
  const seconds = Number(value)
  return seconds < EARLIEST_EPOCH_SECONDS ? undefined : seconds * 1000
}

/** As S3 and Google write it, without separators, and as Azure does, perhaps without seconds or time. */
const TIME = /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?Z)?$/

function isoTime(value: string | undefined): number | undefined {
  const found = value === undefined ? null : TIME.exec(value)
  if (found === null) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = found
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const time = Date.parse(`${text}Z`)
  // Some engines take the 31st of June for the first of July, and others might find a time anywhere.
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text) ? time : undefined
}
