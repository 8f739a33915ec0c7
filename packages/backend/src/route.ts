import { BackendError } from './backend-error.ts'

/** What a path asks for. */
export type Route =
  | { readonly name: 'start' }
  | { readonly name: 'urls' }
  | {
      readonly name: 'complete' | 'list-parts' | 'abort'
      readonly uploadId: string
      readonly key: string
    }

/** `''` or a path with a slash in front and none behind. */
export function normalizeBasePath(basePath: string): string {
  const trimmed = basePath.replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? '' : `/${trimmed}`
}

/**
 * The control endpoint at a path, contract §2. One trailing slash makes no difference: a key cannot end
 * with one, see `assertPortableKey`.
 *
 * @throws BackendError `InvalidRequest` for percent-encoding that decodes to nothing.
 */
export function matchRoute(pathname: string, basePath: string): Route | undefined {
  if (!pathname.startsWith(`${basePath}/`)) return undefined
  const path = pathname.slice(basePath.length + 1).replace(/\/$/, '')
  const [name, uploadId, ...key] = path.split('/')
  switch (name) {
    case 'start':
    case 'urls':
      return uploadId === undefined ? { name } : undefined
    case 'complete':
    case 'list-parts':
    case 'abort':
      if (uploadId === undefined || key.length === 0) return undefined
      return { name, uploadId: decode(uploadId), key: key.map(decode).join('/') }
    default:
      return undefined
  }
}

/** What follows `/parts/`, or undefined for any other path. */
export function matchPart(pathname: string, basePath: string): string | undefined {
  const prefix = `${basePath}/parts/`
  return pathname.startsWith(prefix) ? pathname.slice(prefix.length) : undefined
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new BackendError('InvalidRequest', 'The path is not valid percent-encoded UTF-8.')
  }
}
