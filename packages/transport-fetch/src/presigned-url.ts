import { UploadError } from '@s3-bg-uploader/core'

/** Path and query, without the fragment, which is never sent. */
const TARGET = /^https?:\/\/[^/?#\\]*([^#]*)/i

/**
 * Checks that the platform will send a presigned URL as it was received (contract §2). `fetch` and
 * XMLHttpRequest parse it, and the parser rewrites what no signer should write: spaces, controls and
 * non-ASCII characters are encoded or dropped, `/../` and backslashes resolved, `'` in a query encoded.
 *
 * @throws UploadError `response_invalid` when other characters would be sent than were signed.
 */
export function checkPresignedUrl(url: string): void {
  const problem = problemOf(url)
  if (problem === undefined) return
  throw new UploadError('response_invalid', `The presigned URL of a part ${problem}`, {
    hint: 'The backend must answer with absolute, percent-encoded URLs.',
  })
}

function problemOf(url: string): string | undefined {
  const parsed = parse(url)
  const [, target] = TARGET.exec(url) ?? []
  const [, sent] = TARGET.exec(parsed?.href ?? '') ?? []
  if (parsed === undefined || target === undefined || sent === undefined)
    return 'is not an absolute http: or https: URL'
  if (parsed.username + parsed.password !== '') return 'holds a user name or password'
  if (sent === target || sent === `/${target}`) return undefined
  return 'is not fully percent-encoded: other characters would be sent than were signed'
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    // What the parser says of it would show it.
    return undefined
  }
}
