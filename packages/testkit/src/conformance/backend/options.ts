import type { Runner } from '../runner.ts'

/** Where the endpoints of contract §2 are, as an app would give them to `setConfig`. */
export interface BackendEndpoints {
  /** As an app configures it. */
  readonly startUploadApi: string
  /** As an app configures it. */
  readonly getUploadUrlsApi: string
  /** As an app configures it. */
  readonly completeApi: string
  /** Its cases are skipped without it. */
  readonly listPartsApi?: string
  /** Its cases are skipped without it. */
  readonly abortApi?: string
}

/** What `backendConformance` takes. */
export interface BackendConformance extends Runner {
  /** Asked before each case, since a server may only be up once the tests run. */
  readonly endpoints: () => BackendEndpoints | Promise<BackendEndpoints>
  /** The optional endpoints that there are. */
  readonly has?: { readonly listParts?: boolean; readonly abort?: boolean }
  /** `globalThis.fetch`, or a handler without a server: `(url, init) => handler(new Request(url, init))`. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** What authorises the control calls. Never sent to the part URLs. */
  readonly headers: () =>
    | Readonly<Record<string, string>>
    | Promise<Readonly<Record<string, string>>>
  /** The same of another user. Without it, nothing is said about uploads of others. */
  readonly otherHeaders?: () =>
    | Readonly<Record<string, string>>
    | Promise<Readonly<Record<string, string>>>
  /** Whether a control call without headers must be refused. Default: true. */
  readonly authenticates?: boolean
  /** The start and urls endpoints are called with one slash at the end, unless this is false. */
  readonly trailingSlash?: boolean
  /** Whether the URLs tell when they expire (§6.4). Default: true. */
  readonly expiryInUrls?: boolean
  /** An origin of pages that may upload. Without it, nothing is said about CORS. */
  readonly corsOrigin?: string
  /** Reads an object back. Without it, nothing is said about what is in one. */
  readonly object?: (key: string) => Promise<Uint8Array>
  /** What this backend wants in every start call besides the contract's fields. */
  readonly userParams?: Readonly<Record<string, unknown>>
}
