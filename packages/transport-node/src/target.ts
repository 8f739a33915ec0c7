/** Where a request goes. Taken from the URL's own characters: `URL` would rewrite some of them. */
export interface Target {
  readonly secure: boolean
  /** As sockets want it: an IPv6 address has no brackets. */
  readonly host: string
  readonly port: number
  /** The Host header: as written, without the scheme's default port. It is part of signatures. */
  readonly authority: string
  /** Path and query exactly as written, without the fragment. */
  readonly path: string
}

const URL_PATTERN = /^(https?):\/\/([^/?#\\]*)([^#]*)/i
const AUTHORITY_PATTERN = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d*))?$/i

/** Splits a URL, or tells what is wrong with it in words that do not quote it. */
export function parseTarget(url: string): Target | string {
  // HTTP carries these characters in a request line as they are, and no others.
  if (!/^[\x21-\x7e]*$/.test(url)) return 'holds a space, a control or a non-ASCII character'
  const [, scheme = '', authority = '', rest = ''] = URL_PATTERN.exec(url) ?? []
  if (scheme === '') return 'is not an http: or https: URL'
  if (authority.includes('@')) return 'holds a user name or password'
  const [, host, digits = ''] = AUTHORITY_PATTERN.exec(authority) ?? []
  if (host === undefined) return 'names no valid host'
  if (rest.startsWith('\\')) return 'has a backslash where its path should begin'
  const secure = scheme.toLowerCase() === 'https'
  const defaultPort = secure ? 443 : 80
  const port = digits === '' ? defaultPort : Number(digits)
  if (port < 1 || port > 65_535) return 'names a port that does not exist'
  return {
    secure,
    host: host.replace(/^\[|\]$/g, ''),
    port,
    authority: port === defaultPort ? host : `${host}:${port}`,
    path: rest.startsWith('/') ? rest : `/${rest}`,
  }
}
