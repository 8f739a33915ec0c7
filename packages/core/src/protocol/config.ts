import { UploadError } from '../errors.ts'
import type { UploaderConfig } from '../uploader/types.ts'
import { findHeaderProblem } from './control-headers.ts'
import type { EtagMode } from './etag.ts'
import { isHttpUrl } from './http-url.ts'
import { isPlainObject } from './plain-object.ts'

/** A configuration that was checked, with its defaults filled in. */
export interface EndpointConfig {
  readonly startUploadApi: string
  readonly getUploadUrlsApi: string
  readonly completeApi: string
  readonly listPartsApi: string | undefined
  readonly abortApi: string | undefined
  readonly headers: UploaderConfig['headers']
  readonly trailingSlash: boolean
  readonly etag: EtagMode
}

/**
 * Checks what `setConfig` was given.
 *
 * @throws UploadError `config_invalid`, naming the option but not its value.
 */
export function parseConfig(config: UploaderConfig): EndpointConfig {
  if (!isPlainObject(config)) throw invalid('The configuration must be a plain object')
  const { headers, trailingSlash = true, etag = 'unquoted' } = config
  if (typeof trailingSlash !== 'boolean') throw invalid('trailingSlash must be true or false')
  if (etag !== 'unquoted' && etag !== 'verbatim')
    throw invalid("etag must be 'unquoted' or 'verbatim'")
  const problem =
    headers === undefined || typeof headers === 'function' ? undefined : findHeaderProblem(headers)
  if (problem !== undefined) throw invalid(problem)
  return {
    startUploadApi: endpoint(config, 'startUploadApi'),
    getUploadUrlsApi: endpoint(config, 'getUploadUrlsApi'),
    completeApi: endpoint(config, 'completeApi'),
    listPartsApi: optionalEndpoint(config, 'listPartsApi'),
    abortApi: optionalEndpoint(config, 'abortApi'),
    // A copy, so that what was checked is what is sent.
    headers: typeof headers === 'object' ? { ...headers } : headers,
    trailingSlash,
    etag,
  }
}

type EndpointName =
  | 'startUploadApi'
  | 'getUploadUrlsApi'
  | 'completeApi'
  | 'listPartsApi'
  | 'abortApi'

function optionalEndpoint(config: UploaderConfig, name: EndpointName): string | undefined {
  return config[name] === undefined ? undefined : endpoint(config, name)
}

function endpoint(config: UploaderConfig, name: EndpointName): string {
  const url: unknown = config[name]
  if (!isHttpUrl(url))
    throw invalid(`${name} must be an absolute http:// or https:// URL without spaces`)
  if (url.includes('#')) throw invalid(`${name} must not have a fragment (#)`)
  if (url.includes('\\')) throw invalid(`${name} must not contain a backslash`)
  // fetch refuses such URLs in browsers and in Node, with a message that shows the password.
  if (/^[^/]*\/\/[^/?]*@/.test(url))
    throw invalid(`${name} must not hold credentials: send them with the headers option`)
  return url
}

function invalid(message: string): UploadError {
  return new UploadError('config_invalid', message)
}
