import type { RetryRules } from './backoff.ts'
import type { Reattach } from './reattach.ts'

/** What stops every upload at once; decided by the scheduler. */
export type Gate = 'open' | 'network' | 'constraint' | 'config'

/** What holds for the whole uploader at the time of a transition. */
export interface Rules {
  readonly retry: RetryRules
  /** Without progress for so many milliseconds a PUT or a control call is given up. */
  readonly stallMs: number
  /** How often NoSuchUpload may send an upload back to startUpload. */
  readonly restarts: number
  /** The most PUTs at the same time, over all uploads. */
  readonly slots: number
  /** So many of them may be under way now. */
  readonly slotsNow: number
  /**
   * Parts that the queue of the transport takes, over all uploads. Undefined for a transport that
   * sends at once what it is given.
   */
  readonly queueTasks: number | undefined
  /**
   * How parts that an earlier process sent off are taken over. Whoever has a queue that outlives the
   * process brings it along: nobody else needs it.
   */
  readonly reattach?: Reattach | undefined
  /** listPartsApi is configured. */
  readonly canList: boolean
  /** abortApi is configured; undefined as long as nothing is, when it may still come. */
  readonly canAbort: boolean | undefined
  /** The transport tells about progress, so silence means a stall. */
  readonly seesProgress: boolean
  /** The transport keeps what a ref names until it is told to release it. */
  readonly keepsFiles: boolean
}
