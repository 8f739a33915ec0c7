/** What a URL may have been before something encoded it: with each, what was done to it. */
export function repairedUrls(url: string): readonly (readonly [url: string, spoiltBy: string])[] {
  const candidates: readonly (readonly [url: string, spoiltBy: string])[] = [
    [url.replaceAll('&amp;', '&'), 'escaped for HTML: & has become &amp;'],
    [url.replace(/%25(?=[0-9A-Fa-f]{2})/g, '%'), 'percent-encoded twice: % has become %25'],
    [decoded(url), 'percent-encoded as a whole'],
    [url.trim(), 'padded with white space'],
  ]
  return candidates.filter(([candidate]) => candidate !== url && URL.canParse(candidate))
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}
