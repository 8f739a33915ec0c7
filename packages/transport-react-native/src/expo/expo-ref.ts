import { type Json, UploadError } from '@s3-bg-uploader/core'
import type { ExpoFileSystem } from './file-system.ts'

const PLACES = ['document', 'cache'] as const

/**
 * A reference to a file that survives an update of the app: on iOS its folders then have another
 * path, so a file in one of them is named by its place there.
 */
export function refOf({ Paths }: ExpoFileSystem, uri: string, name: string): Json {
  for (const place of PLACES) {
    const folder = folderUri(Paths[place].uri)
    if (uri.startsWith(folder)) return { name, place, path: uri.slice(folder.length) }
  }
  return { name, uri }
}

/** @throws UploadError `file_not_found` where the reference makes no sense. */
export function fileOf({ Paths }: ExpoFileSystem, ref: Json): { uri: string; name: string } {
  const { name, uri, place, path } = (ref ?? {}) as Readonly<Record<string, unknown>>
  const known = PLACES.find((one) => one === place)
  if (typeof name === 'string') {
    if (typeof uri === 'string') return { name, uri }
    if (known !== undefined && typeof path === 'string') {
      return { name, uri: folderUri(Paths[known].uri) + path }
    }
  }
  throw new UploadError('file_not_found', 'The journal names no file')
}

/** The URI of a folder with the slash at its end. */
export function folderUri(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`
}
