import { UploadError } from '@s3-bg-uploader/core'
import { getProxyForUrl } from 'proxy-from-env'
import type { Target } from './target.ts'

/** An HTTP proxy, over TLS or not. */
export interface HttpProxy {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** Value of the Proxy-Authorization header. */
  readonly authorization: string | undefined
}

/**
 * The proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY (or their lower-case forms) choose
 * for a target, if any.
 *
 * @throws UploadError `config_invalid` when they choose one that cannot be used.
 */
export function proxyFor(target: Target): HttpProxy | undefined {
  const host = target.host.toLowerCase()
  if (isBareException(host)) return undefined
  const chosen = getProxyForUrl({
    protocol: target.secure ? 'https:' : 'http:',
    host: `${host.includes(':') ? `[${host}]` : host}:${target.port}`,
    port: String(target.port),
  })
  return chosen === '' ? undefined : parseProxy(chosen)
}

/** `::1` in NO_PROXY, as curl and many a system have it: proxy-from-env wants brackets around it. */
function isBareException(host: string): boolean {
  const { no_proxy: lower, NO_PROXY: upper } = process.env
  const exceptions = (lower || upper || '').toLowerCase().split(/[,\s]/)
  return host.includes(':') && exceptions.includes(host)
}

function parseProxy(text: string): HttpProxy {
  // The message quotes nothing of the variable but its scheme: it often holds a password.
  if (!URL.canParse(text)) throw invalidProxy('is not a URL')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalidProxy(`has the scheme ${url.protocol}, but only http: and https: are supported`)
  const secure = url.protocol === 'https:'
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
    authorization: url.username || url.password ? basicAuthorization(url) : undefined,
  }
}

function basicAuthorization({ username, password }: URL): string {
  const credentials = `${decode(username)}:${decode(password)}`
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function invalidProxy(problem: string): UploadError {
  return new UploadError('config_invalid', `The proxy that the environment chooses ${problem}.`, {
    hint: 'Correct HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, or except the host by NO_PROXY.',
  })
}
