import type { Clock } from '@s3-bg-uploader/core'
import type { UrlValidity } from '../storage/index.ts'
import type { Target } from './identify.ts'

/** One of the two servers. */
export interface Server {
  readonly side: 'backend' | 'storage'
  readonly identify: (url: URL) => Target
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** The real handler. */
  readonly handle: (request: Request, validity: UrlValidity) => Promise<Response>
  readonly setTimer: Clock['setTimer']
  readonly exposeEtag: boolean
}
