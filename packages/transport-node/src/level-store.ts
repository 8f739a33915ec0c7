import { resolve } from 'node:path'
import { type Store, type StoreChange, UploadError } from '@s3-bg-uploader/core'
import { closeQuietly, type Level, openLevel, readRecords } from './level-store-database.ts'
import { noJournal, storeFailed } from './level-store-error.ts'
import { acquireLock, type HeldLock } from './level-store-lock.ts'
import { hasRecords, openRecords, recordsFolder } from './level-store-salvage.ts'

/** What `levelStore` takes besides the folder. */
export interface LevelStoreOptions {
  /**
   * Whether a journal is made where there is none. Default true. With false that is `store_failed`
   * and nothing is made: for programs that only look, or go on, where a path may be misspelt.
   */
  readonly createIfMissing?: boolean | undefined
  /**
   * Called when the journal was damaged and something of it may be lost (`record_corrupt`).
   * Default: a warning of the process.
   */
  readonly onProblem?: ((problem: UploadError) => void) | undefined
}

type Records = Awaited<ReturnType<Store['read']>>

/**
 * A journal that survives the process and the power: a LevelDB in a folder of its own, which is
 * created where it is missing. The folder is opened, and the native module loaded, by the first
 * `read`. One store at a time may have it open, on the whole machine.
 *
 * Its methods throw UploadError: `store_locked` while another has the folder open, with the id of
 * that process; `store_failed` for all that the disk refuses, and for a journal that is not there
 * where `createIfMissing` is false; `closed` after `close`. Damage is
 * repaired as far as can be, what was there before is kept beside it, and `onProblem` told.
 *
 * @throws UploadError `config_invalid` when the folder is not a path.
 */
export function levelStore(directory: string, options: LevelStoreOptions = {}): Store {
  if (typeof directory !== 'string' || directory === '' || directory.includes('\0')) {
    throw new UploadError('config_invalid', 'levelStore(directory) needs the path of a folder')
  }
  const { createIfMissing = true, onProblem = warn } = options
  return new LevelStore(resolve(directory), createIfMissing, onProblem)
}

class LevelStore implements Store {
  readonly #directory: string
  readonly #createIfMissing: boolean
  readonly #report: (problem: UploadError) => void
  /** All that was asked so far. One thing happens at a time, so nothing overtakes anything. */
  #last: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined
  #lock: HeldLock | undefined
  #level: Level | undefined

  constructor(directory: string, createIfMissing: boolean, report: (problem: UploadError) => void) {
    this.#directory = directory
    this.#createIfMissing = createIfMissing
    this.#report = (problem) => {
      try {
        report(problem)
      } catch {
        // There is nobody left to tell.
      }
    }
  }

  read(): Promise<Records> {
    return this.#inTurn(async () => {
      if (this.#lock === undefined) return this.#open()
      const level = await this.#opened('read')
      return this.#attempt('read', () => readRecords(level))
    })
  }

  write(batch: readonly StoreChange[]): Promise<void> {
    const operations = batch.map(({ key, value }) =>
      value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value },
    )
    return this.#inTurn(async () => {
      if (operations.length === 0) return
      const level = await this.#opened('written')
      try {
        await this.#attempt('written', () => level.batch(operations, { sync: true }))
      } catch (error) {
        // LevelDB would append to what the failed write left, perhaps half of it, and could not
        // read the result again. So the next write begins a new file.
        this.#level = undefined
        await closeQuietly(level)
        throw error
      }
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#last.then(() => this.#close())
    return this.#closing
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) {
      const message = `The journal in ${this.#directory} is closed`
      return Promise.reject(new UploadError('closed', message))
    }
    const done = this.#last.then(work)
    // Not with what was read, which would be kept as long as nothing is written.
    this.#last = done.then(ignore, ignore)
    return done
  }

  /** Opens everything, and reads it, which shows whether it is whole. */
  #open(): Promise<Records> {
    return this.#attempt('opened', async () => {
      // Before the lock, which would make the folder.
      if (!this.#createIfMissing && !(await hasRecords(this.#directory))) {
        throw noJournal(this.#directory)
      }
      const lock = await acquireLock(this.#directory)
      try {
        const { level, records } = await openRecords(this.#directory, this.#report)
        this.#lock = lock
        this.#level = level
        return records
      } catch (error) {
        await lock.release()
        throw error
      }
    })
  }

  async #opened(purpose: 'read' | 'written'): Promise<Level> {
    if (this.#lock === undefined) await this.#open()
    // The lock is still held after a failed write. Nothing is repaired here: what is being
    // uploaded builds on what was read at the start.
    this.#level ??= await this.#attempt(purpose, () =>
      openLevel(recordsFolder(this.#directory), false),
    )
    return this.#level
  }

  async #close(): Promise<void> {
    if (this.#level !== undefined) await closeQuietly(this.#level)
    await this.#lock?.release()
  }

  async #attempt<T>(what: 'opened' | 'read' | 'written', work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      throw storeFailed(this.#directory, what, cause)
    }
  }
}

function ignore(): void {}

function warn({ message, code, hint, docs }: UploadError): void {
  process.emitWarning(message, { type: 'UploadWarning', code, detail: `${hint} ${docs}` })
}
