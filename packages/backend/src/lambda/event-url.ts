import type { LambdaEvent } from './lambda-handler.ts'

/** The URL that a client asked for, without the stage. */
export function eventUrl({ rawPath, rawQueryString, requestContext }: LambdaEvent): string {
  const { domainName, stage } = requestContext
  // An HTTP API puts the name of the stage in front, on custom domains too; a function URL has none.
  const path = rawPath.startsWith(`/${stage}/`) ? rawPath.slice(stage.length + 1) : rawPath
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`
  return `https://${domainName}${isDecoded(domainName) ? encode(path) : path}${query}`
}

/**
 * "Raw" is only the path of a function URL. An HTTP API hands it over decoded, so that `%2F` in a key
 * has become a slash, and what stood behind `%3F` is gone.
 */
function isDecoded(domainName: string): boolean {
  return !domainName.includes('.lambda-url.')
}

function encode(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
