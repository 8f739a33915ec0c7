import type { Store } from '@s3-bg-uploader/core'
import type { Runner } from '../runner.ts'

/** Where a store keeps its records: a folder, a database. Made for one case, and empty. */
export interface StorePlace {
  /** Opens the store of this place: at first, and again after it was closed or crashed. */
  open(): Promise<Store>
  /**
   * Lets the process that has the store open die, as far as the place can tell: the store is not
   * closed, and of what was not resolved anything may be lost. Needed with the capability `crash`.
   */
  crash?(store: Store): Promise<void>
  /** Damages the record of this key where it is kept. Needed with the capability `corrupt`. */
  corrupt?(key: string): Promise<void>
  /** Removes the place, after the case. */
  remove?(): Promise<void>
}

/** What `storeConformance` takes. */
export interface StoreConformance extends Runner {
  /** Makes an empty place. */
  readonly create: () => Promise<StorePlace>
  /** What the store can do; each adds its cases. */
  readonly capabilities: {
    /** Only one may have a place open; the others get `store_locked`. */
    readonly exclusive: boolean
    /** After `close()`, the object refuses to write. One in memory may go on for the next uploader. */
    readonly closes: boolean
    /** The place has `crash`. */
    readonly crash: boolean
    /** The place has `corrupt`. */
    readonly corrupt: boolean
  }
}
