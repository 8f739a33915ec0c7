import type { ControlCall } from '../errors.ts'
import type { Failure } from '../machine/failure.ts'
import { withoutQuery } from './http-url.ts'

/** What the contract calls the control calls. */
export const CALL_NAMES: Readonly<Record<ControlCall, string>> = {
  start: 'startUpload',
  urls: 'getUploadUrls',
  complete: 'complete',
  list: 'listParts',
  abort: 'abort',
}

/** The failure for an answer that is not 2xx. */
export function statusFailure(
  call: ControlCall,
  url: string,
  answer: {
    readonly status: number
    readonly reason: string | undefined
    readonly retryAfterMs: number | undefined
  },
): Failure {
  const { status, reason } = answer
  // A browser hides everything about a redirect that it was told not to follow: its status is 0.
  const redirected = status < 400
  const what = status === 0 ? 'with a redirect' : String(status)
  const detail = reason === undefined ? '' : ` (${reason})`
  const redirects = redirected ? ', and redirects are not followed' : ''
  return {
    kind: 'status',
    ...answer,
    message: `${CALL_NAMES[call]} answered ${what}${detail}${redirects}`,
    hint: redirected || status === 404 || status === 405 ? routeHint(call, url, reason) : undefined,
  }
}

/** These statuses mostly mean that the request never reached the handler. */
function routeHint(call: ControlCall, url: string, reason: string | undefined): string | undefined {
  if (reason === 'NoSuchUpload' || reason === 'NoSuchKey') return undefined
  const check = `The request went to POST ${withoutQuery(url)}: check that the backend has`
  return call === 'start' || call === 'urls'
    ? `${check} this route. Routers that are strict about the slash at its end need { trailingSlash: false }, which sends the URL as configured.`
    : `${check} a route for {${call === 'list' ? 'listParts' : call}Api}/{uploadId}/{key}, where the key may contain slashes.`
}
