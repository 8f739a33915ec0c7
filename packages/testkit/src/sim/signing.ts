/** What is known of the URLs of one upload. Begins anew with its process and its multipart upload. */
export interface Signing {
  /** The urls calls; one that was sent again with fresh headers is the same call. Virtual times. */
  readonly calls: { readonly at: number; until: number | undefined }[]
  underWay: boolean
  /** The last call brought nothing. */
  failed: boolean
  /** Parts that have a URL which no PUT has used. */
  readonly unused: Set<number>
  /** Parts whose last PUT failed: they wait for a retry, or for nothing any more. */
  readonly failedParts: Set<number>
  /** A request of the upload failed, so durations say little. */
  disturbed: boolean
  /** Virtual milliseconds that slots were idle for want of its URLs. */
  idleMs: number
}

export function newSigning(): Signing {
  return {
    calls: [],
    underWay: false,
    failed: false,
    unused: new Set(),
    failedParts: new Set(),
    disturbed: false,
    idleMs: 0,
  }
}
