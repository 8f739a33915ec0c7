/** How the client got a URL, in virtual milliseconds. */
export interface DeliveredUrl {
  readonly at: number
  readonly lifeMs: number
}

/** A urls call. Virtual times. */
export interface UrlsCall {
  readonly at: number
  until: number | undefined
  /** Milliseconds that slots were idle for want of its URLs. */
  idleMs: number
}

/** What is known of the URLs of one upload. Begins anew with its process and its multipart upload. */
export interface Signing {
  /** The urls calls; one that was sent again with fresh headers is the same call. */
  readonly calls: UrlsCall[]
  underWay: boolean
  /** The last call brought nothing. */
  failed: boolean
  /** URLs that no PUT has used, by part: when they came and for how long they are good. */
  readonly unused: Map<number, DeliveredUrl>
  /** How often the URLs of parts were renewed since the last PUT. */
  readonly renewed: Map<number, number>
  /** Parts whose last PUT failed: they wait for a retry, or for nothing any more. */
  readonly failedParts: Set<number>
  /** A request of the upload failed, so durations say little. */
  disturbed: boolean
}

export function newSigning(): Signing {
  return {
    calls: [],
    underWay: false,
    failed: false,
    unused: new Map(),
    renewed: new Map(),
    failedParts: new Set(),
    disturbed: false,
  }
}
