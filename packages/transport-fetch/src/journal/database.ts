import { UploadError } from '@s3-bg-uploader/core'
import { isConnectionLost, storeFailed } from './database-error.ts'
import { holdLock, type Locks } from './held-lock.ts'
import { type Connection, openDatabase } from './open-database.ts'

export interface DatabaseOptions {
  readonly name: string
  /** Undefined where the browser has none: then nothing keeps two tabs apart. */
  readonly locks: Locks | undefined
  /** A signal that aborts when the lock was waited for long enough. */
  readonly patience: () => AbortSignal
  readonly report: (problem: UploadError) => void
}

/**
 * The database of one journal: locked and opened when it is first needed, opened once more when the
 * browser has closed it. All its failures are UploadErrors: `store_locked`, `store_failed`, `closed`.
 */
export class Database {
  readonly #options: DatabaseOptions
  readonly #running = new Set<Promise<unknown>>()
  #opening: Promise<Connection> | undefined
  #current: Connection | undefined
  #release: (() => void) | undefined
  #closing: Promise<void> | undefined
  /** Another tab may have the lock, and have written since. */
  #lost = false
  /** It was there at some time, so it is nothing new. */
  #opened = false

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  run<T>(what: 'read' | 'written', work: (connection: Connection) => Promise<T>): Promise<T> {
    const { name } = this.#options
    if (this.#closing !== undefined) {
      return Promise.reject(new UploadError('closed', `The journal ${name} is closed`))
    }
    if (this.#lost) return Promise.reject(takenAway(name))
    const running = this.#attempt(work).catch((cause: unknown) => {
      throw storeFailed(name, what, cause)
    })
    this.#running.add(running)
    const end = (): void => {
      this.#running.delete(running)
    }
    running.then(end, end)
    return running
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #attempt<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.#connection()
    try {
      return await work(connection)
    } catch (error) {
      if (!isConnectionLost(error)) throw error
      connection.close()
      this.#forget(connection)
      // What was interrupted was not done, or is done again with the same outcome.
      return work(await this.#connection())
    }
  }

  #connection(): Promise<Connection> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  async #open(): Promise<Connection> {
    const { name } = this.#options
    try {
      this.#release ??= await this.#lock()
      const connection = await openDatabase(name, {
        onCreated: () => this.#reportIfDeleted(),
        onLost: (lost) => this.#forget(lost),
      })
      this.#current = connection
      this.#opened = true
      return connection
    } catch (cause) {
      this.#opening = undefined
      // Nobody closes what could not be opened.
      if (!this.#opened) this.#unlock()
      throw storeFailed(name, 'opened', cause)
    }
  }

  #forget(connection: Connection): void {
    if (this.#current !== connection) return
    this.#current = undefined
    this.#opening = undefined
  }

  async #lock(): Promise<() => void> {
    const { name, locks, patience } = this.#options
    if (locks === undefined) return () => {}
    const signal = patience()
    try {
      return await holdLock(locks, `s3-bg-uploader journal ${name}`, signal, () => {
        this.#lost = true
      })
    } catch (cause) {
      if (!signal.aborted) throw cause
      const hint =
        'Close the other tab, or let all tabs share one uploader: createSharedUploader({ name, lead }).'
      throw new UploadError('store_locked', `The journal ${name} is in use by another tab`, {
        cause,
        hint,
        retryable: true,
      })
    }
  }

  #unlock(): void {
    this.#release?.()
    this.#release = undefined
  }

  #reportIfDeleted(): void {
    if (!this.#opened) return
    const message = `The journal ${this.#options.name} was deleted while it was in use`
    const hint =
      'Somebody cleared the data of this site. Uploads go on, but what was recorded before is lost.'
    this.#options.report(new UploadError('store_failed', message, { hint }))
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running)
    this.#current?.close()
    this.#unlock()
  }
}

function takenAway(name: string): UploadError {
  const message = `The journal ${name} was given to another tab while this page was not shown`
  return new UploadError('store_locked', message, { hint: 'Reload this page.' })
}
