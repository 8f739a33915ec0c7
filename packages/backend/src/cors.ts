/** Which pages of other origins may upload. */
export interface CorsOptions {
  /**
   * Origins (`https://app.example`) whose pages may use the endpoints, with cookies; or `'*'` for all,
   * without cookies.
   */
  readonly origins: readonly string[] | '*'
}

/** The answer to a preflight request; `undefined` if this is none. */
export function preflightResponse(
  method: string,
  headers: Pick<Headers, 'get'>,
): Response | undefined {
  if (method !== 'OPTIONS' || headers.get('access-control-request-method') === null) {
    return undefined
  }
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'POST, PUT',
      'access-control-allow-headers': headers.get('access-control-request-headers') ?? '',
      'access-control-max-age': '7200',
    },
  })
}

/** Lets the page that asked see the answer, and its ETag, if it may. */
export function allowOrigin(
  response: Response,
  headers: Pick<Headers, 'get'>,
  { origins }: CorsOptions,
): void {
  const origin = headers.get('origin')
  response.headers.append('vary', 'origin')
  if (origin === null) return
  if (origins !== '*' && !origins.includes(origin)) return
  response.headers.set('access-control-allow-origin', origins === '*' ? '*' : origin)
  // Without the last two a page can neither correct its clock nor wait as long as it is asked to.
  response.headers.set('access-control-expose-headers', 'ETag, Date, Retry-After')
  if (origins !== '*') response.headers.set('access-control-allow-credentials', 'true')
}
