import type { Json } from '@s3-bg-uploader/core'
import type { BackendEndpoints } from '@s3-bg-uploader/testkit/conformance/backend'

/** What shall be checked, and as whom. */
export interface CheckRequest {
  readonly endpoints: BackendEndpoints
  readonly headers: Readonly<Record<string, string>>
  /** Those of another user. */
  readonly otherHeaders: Readonly<Record<string, string>> | undefined
  /** Of pages that may upload. */
  readonly origin: string | undefined
  readonly trailingSlash: boolean
  readonly userParams: { readonly [name: string]: Json }
}
