import { describeMismatch, type Read, readListAnswer, readUrlsAnswer } from './answers.ts'
import { type EtagMode, normalizeEtag } from './etag.ts'
import { readTimes, type UrlTimes } from './expiry.ts'
import { isHttpUrl } from './http-url.ts'

/** Enough to see what is wrong with the rest. */
const MOST_NAMED = 10

/** A presigned URL, to be used exactly as it is. */
export interface PartUrl {
  readonly part: number
  readonly url: string
  /** Milliseconds for which it is good from now on, where that is known. Negative when expired. */
  readonly lifeMs: number | undefined
}

/** A part that the storage has. */
export interface StoredPart {
  readonly part: number
  readonly etag: string
  /** Bytes. */
  readonly size: number
}

/** The URLs of these parts, in their order. The problem names no URL. */
export function readPartUrls(
  answer: unknown,
  parts: readonly number[],
  serverNowBy: (urls: readonly UrlTimes[]) => number,
): Read<readonly PartUrl[]> {
  const result = readUrlsAnswer(answer)
  if (!result.ok) return result
  const { urls } = result.value
  const missing = parts.filter((part) => !Object.hasOwn(urls, String(part)))
  if (missing.length > 0) return { ok: false, problem: `urls: no URL for ${nameParts(missing)}` }
  const asked: (UrlTimes & { readonly part: number; readonly url: string })[] = []
  for (const part of parts) {
    const url = urls[String(part)]
    if (!isHttpUrl(url))
      return { ok: false, problem: describeMismatch(['urls', part], 'http(s) URL', url) }
    const { signedAt, expiresAt } = readTimes(url)
    asked.push({ part, url, signedAt, expiresAt })
  }
  const serverNow = serverNowBy(asked)
  const signed = asked.map(({ part, url, expiresAt }): PartUrl => {
    return { part, url, lifeMs: expiresAt === undefined ? undefined : expiresAt - serverNow }
  })
  return { ok: true, value: signed }
}

function nameParts(parts: readonly number[]): string {
  const named = parts.slice(0, MOST_NAMED).join(', ')
  const more = parts.length - MOST_NAMED
  return `part${parts.length > 1 ? 's' : ''} ${named}${more > 0 ? ` and ${more} more` : ''}`
}

/** Ascending. Entries that contradict each other are left out: that part is sent again, which is safe. */
export function readStoredParts(answer: unknown, mode: EtagMode): Read<readonly StoredPart[]> {
  const result = readListAnswer(answer)
  if (!result.ok) return result
  const stored = new Map<number, StoredPart | undefined>()
  for (const { PartNumber: part, ETag, Size: size } of result.value.parts) {
    const etag = normalizeEtag(ETag, mode)
    const known = stored.get(part)
    const agrees = !stored.has(part) || (known?.etag === etag && known?.size === size)
    stored.set(part, etag !== undefined && agrees ? { part, etag, size } : undefined)
  }
  const parts = [...stored.values()].filter((entry) => entry !== undefined)
  return { ok: true, value: parts.sort((a, b) => a.part - b.part) }
}
