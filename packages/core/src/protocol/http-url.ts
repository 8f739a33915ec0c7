/** Host and all, without what a URL parser would silently repair: spaces and control characters. */
const HTTP_URL = /^https?:\/\/[^\s/?#\\]\S*$/i

/** Whether `value` is an absolute http(s) URL. It is looked at, never rewritten. */
export function isHttpUrl(value: unknown): value is string {
  return typeof value === 'string' && HTTP_URL.test(value)
}

/** What may be shown of a URL: everything before its query. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*/s, '')
}
