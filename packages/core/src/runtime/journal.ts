import { isUploadError, UploadError } from '../errors.ts'
import type { Store, StoreChange } from '../ports.ts'

interface Batch {
  readonly changes: StoreChange[]
  readonly durable: Promise<void>
}

/** Writes changes in the order in which they come, all that come during one write in the next. */
export class Journal {
  readonly #store: Store
  #previous: Promise<unknown> = Promise.resolve()
  #next: Batch | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Resolves once the changes are durable.
   *
   * @throws UploadError `store_failed`, or what the store throws of this class.
   */
  write(changes: readonly StoreChange[]): Promise<void> {
    this.#next ??= this.#newBatch()
    for (const change of changes) this.#next.changes.push(change)
    return this.#next.durable
  }

  #newBatch(): Batch {
    const changes: StoreChange[] = []
    const durable = this.#previous.then(() => {
      this.#next = undefined
      return this.#commit(changes)
    })
    // Whoever asked is told of a failure; the next batch does not depend on it.
    this.#previous = durable.catch(() => {})
    return { changes, durable }
  }

  async #commit(changes: readonly StoreChange[]): Promise<void> {
    try {
      await this.#store.write(changes)
    } catch (cause) {
      if (isUploadError(cause)) throw cause
      const message = 'The journal could not be written'
      throw new UploadError('store_failed', message, { cause, retryable: true })
    }
  }

  async close(): Promise<void> {
    await this.#previous
    await this.#store.close()
  }
}
