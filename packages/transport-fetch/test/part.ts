import type { PutRequest } from '@s3-bg-uploader/core'

/** A request to put a range, that nobody aborts. */
export function part(url: string, end: number, changes: Partial<PutRequest> = {}): PutRequest {
  return {
    url,
    range: { start: 0, end },
    signal: new AbortController().signal,
    onProgress: () => {},
    ...changes,
  }
}
