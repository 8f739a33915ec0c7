/**
 * The path that a native module opens: apps pass what pickers and cameras give them, which is a
 * path or a `file://` URI with percent-encoded characters. `content://` URIs stay as they are.
 */
export function filePath(file: string): string {
  if (!file.startsWith('file://')) return file
  return decodeURIComponent(file.slice('file://'.length).replace(/^localhost(?=\/)/, ''))
}
