import { UploadError } from '../errors.ts'
import type { EndpointConfig } from './config.ts'

/** What a multipart upload is called after startUpload. */
export interface MultipartName {
  readonly key: string
  readonly uploadId: string
}

/**
 * The URL of startUpload or getUploadUrls (contract §2): exactly one slash at the end of the path,
 * or as configured where `trailingSlash` is false.
 */
export function collectionUrl(
  base: string,
  { trailingSlash }: Pick<EndpointConfig, 'trailingSlash'>,
): string {
  if (!trailingSlash) return base
  const { path, query } = splitQuery(base)
  return `${path}/${query}`
}

/**
 * The URL of complete, listParts or abort (contract §2): `{base}/{uploadId}/{key}`, percent-encoded,
 * with the slashes of the key left as they are and the base's query at the end.
 *
 * @throws UploadError `response_invalid` where `findNameProblem` finds one.
 */
export function objectUrl(base: string, name: MultipartName): string {
  const problem = findNameProblem(name)
  if (problem !== undefined) throw new UploadError('response_invalid', problem)
  const { path, query } = splitQuery(base)
  return `${path}/${encodeSegment(name.uploadId)}/${name.key.split('/').map(encodeSegment).join('/')}${query}`
}

/**
 * Why these names cannot stand in a path; undefined when they can.
 *
 * Every URL parser takes `.` and `..` segments out of a path, even when they are percent-encoded,
 * so the request would be about another object. Better refused at the start than at complete.
 */
export function findNameProblem({ key, uploadId }: MultipartName): string | undefined {
  if (isDots(uploadId)) return 'uploadId: expected an id, received dots only'
  if (key.split('/').some(isDots))
    return 'key: expected no "." or ".." between slashes, since URLs cannot carry them'
  if (!isEncodable(uploadId)) return 'uploadId: expected well-formed Unicode'
  if (!isEncodable(key)) return 'key: expected well-formed Unicode'
  return undefined
}

function isDots(segment: string): boolean {
  return segment === '.' || segment === '..'
}

function isEncodable(text: string): boolean {
  try {
    encodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** RFC 3986 reserves these too; the signatures of some gateways depend on it. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** The path without slashes at its end, and the query with its question mark. */
function splitQuery(base: string): { readonly path: string; readonly query: string } {
  const at = base.indexOf('?')
  let end = at < 0 ? base.length : at
  const query = base.slice(end)
  while (base[end - 1] === '/') end -= 1
  return { path: base.slice(0, end), query }
}
