/** Where startUpload or getUploadUrls is called (§2): with one slash at the end of the path, or as configured. */
export function collectionUrl(api: string, trailingSlash: boolean): string {
  if (!trailingSlash) return api
  const { path, query } = split(api)
  return `${path}/${query}`
}

/**
 * Where complete, listParts or abort of an upload is called, as the core builds it: percent-encoded, but the
 * slashes of the key stay slashes (§2).
 */
export function addressUrl(
  api: string,
  { uploadId, key }: { readonly uploadId: string; readonly key: string },
): string {
  const { path, query } = split(api)
  const segments = [uploadId, ...key.split('/')].map(encodeURIComponent)
  return `${path}/${segments.join('/')}${query}`
}

/** A query string in a configured URL stays a query string. */
function split(api: string): { readonly path: string; readonly query: string } {
  const at = api.indexOf('?')
  const end = at === -1 ? api.length : at
  return { path: api.slice(0, end).replace(/\/+$/, ''), query: api.slice(end) }
}
