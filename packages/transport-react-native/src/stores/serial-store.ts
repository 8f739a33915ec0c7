import { isUploadError, type Store, type StoreChange, UploadError } from '@s3-bg-uploader/core'
import { occupyPlace, type Place } from './occupy-place.ts'

/** The last change of every key of a batch; undefined deletes the record. */
export type Changes = ReadonlyMap<string, string | undefined>

/** How one library keeps records. Never called while another call of it is under way. */
export interface RecordKeeper {
  load(): Promise<readonly (readonly [key: string, value: string])[]>
  /** All of the changes or none of them, whenever the process dies. */
  commit(changes: Changes): Promise<void>
}

/**
 * What the stores of all libraries share: one uploader a place, one call after the other, and
 * failures that say what to do.
 *
 * The methods throw UploadError: `store_locked` while another uploader of this app has the place
 * open, `store_failed` with what the library threw as cause, `closed` after `close`.
 */
export function serialStore(place: Place, keeper: RecordKeeper): Store {
  let last: Promise<unknown> = Promise.resolve()
  let leavePlace: (() => void) | undefined
  let closed = false

  const inTurn = <T>(what: 'read' | 'written', work: () => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new UploadError('closed', 'The journal is closed'))
    const turn = last.then(work).catch((cause: unknown) => {
      if (isUploadError(cause)) throw cause
      const message = `The journal could not be ${what}`
      throw new UploadError('store_failed', message, { cause, retryable: true })
    })
    last = turn.catch(() => {
      // Whoever asked is told; the next call does not depend on it.
    })
    return turn
  }

  return {
    read: () =>
      inTurn('read', () => {
        leavePlace ??= occupyPlace(place)
        return keeper.load()
      }),
    write: (batch) => inTurn('written', () => keeper.commit(lastChanges(batch))),
    async close() {
      closed = true
      await last
      leavePlace?.()
      leavePlace = undefined
    },
  }
}

function lastChanges(batch: readonly StoreChange[]): Changes {
  return new Map(batch.map(({ key, value }) => [key, value]))
}
