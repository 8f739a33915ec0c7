import { type Json, UploadError } from '@s3-bg-uploader/core'
import type { NativeFileRef } from './native-module.ts'

/**
 * A file as it was when it was opened. That is in the ref, since all that the native queue is given
 * of a file is the ref, and it must not send the bytes of another one.
 */
export function refOf({ path, size, lastModified }: NativeFileRef): Json {
  return { path, size, lastModified }
}

/** @throws UploadError `file_not_found` when nobody can have made this ref. */
export function readRef(ref: Json): NativeFileRef {
  if (typeof ref === 'object' && ref !== null && 'path' in ref) {
    const { path, size, lastModified } = ref
    const isFile = typeof path === 'string' && isLocation(path)
    if (isFile && typeof size === 'number' && typeof lastModified === 'number') {
      return { path, size, lastModified }
    }
  }
  throw new UploadError('file_not_found', 'The recorded reference names no file')
}

function isLocation(path: string): boolean {
  return path.startsWith('/') || path.startsWith('content://')
}
