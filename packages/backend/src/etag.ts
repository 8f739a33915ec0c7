/** An ETag without the double quotes around it, whether it came with or without them. */
export function unquoteEtag(etag: string): string {
  return etag.length >= 2 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
}

/** As S3 writes an ETag. */
export function quoteEtag(etag: string): string {
  return `"${etag}"`
}
