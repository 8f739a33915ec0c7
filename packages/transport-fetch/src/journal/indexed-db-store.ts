import { type Store, UploadError } from '@s3-bg-uploader/core'
import type { KeptFiles } from '../kept-files.ts'
import { reporter } from '../report-problem.ts'
import { Database, type DatabaseOptions } from './database.ts'
import { KeptFileStore } from './kept-file-store.ts'
import { RecordStore } from './records.ts'

const DEFAULT_NAME = 's3-bg-uploader'

/** Copied within a second or two, and within what every browser grants a site. */
const DEFAULT_MAX_KEPT_BYTES = 256 * 1024 * 1024

/**
 * A page that is being reloaded gives back its lock a moment after the next one has begun. So does
 * a tab that was killed.
 */
const PATIENCE_MS = 1000

/** What `indexedDbStore` takes. */
export interface IndexedDbStoreOptions {
  /** Name of the database. Default 's3-bg-uploader'. */
  readonly name?: string | undefined
  /**
   * Bytes of all kept files together, since the browser copies them. Default 256 MiB. A file that
   * does not fit is uploaded all the same; after a reload the user must choose it again. File
   * handles are kept in any case: they take no space.
   */
  readonly maxKeptBytes?: number | undefined
  /**
   * Called when a record makes no sense (`record_corrupt`), and when a file could not be kept or the
   * database was deleted (`store_failed`). Default: a warning on the console.
   */
  readonly onProblem?: ((problem: UploadError) => void) | undefined
}

/** A journal that survives reloads, and what keeps the files for it. */
export interface IndexedDbStore extends Store {
  /** For `fetchTransport({ files })`. Closed with the store. */
  readonly files: KeptFiles
}

/**
 * A journal that survives the page: an IndexedDB, which is created where it is missing. It is opened
 * by the first `read`, and only one tab at a time may have it open.
 *
 * Its methods throw UploadError: `store_locked` while another tab has it open (where the browser has
 * Web Locks); `store_failed` for all that the browser refuses; `closed` after `close`.
 *
 * @throws UploadError `config_invalid`.
 */
export function indexedDbStore(options: IndexedDbStoreOptions = {}): IndexedDbStore {
  return composeIndexedDbStore(options, {
    // Pages over plain HTTP have none.
    locks: (globalThis.navigator as Navigator | undefined)?.locks,
    patience: () => AbortSignal.timeout(PATIENCE_MS),
  })
}

/** For tests, which bring locks and have less patience. */
export function composeIndexedDbStore(
  options: IndexedDbStoreOptions,
  ports: Pick<DatabaseOptions, 'locks' | 'patience'>,
): IndexedDbStore {
  const { name = DEFAULT_NAME, maxKeptBytes = DEFAULT_MAX_KEPT_BYTES, onProblem } = options
  if (typeof name !== 'string' || name === '') {
    throw new UploadError('config_invalid', 'indexedDbStore({ name }) needs a name')
  }
  if (!(maxKeptBytes >= 0)) {
    throw new UploadError('config_invalid', 'maxKeptBytes must be a number of bytes')
  }
  const report = reporter(onProblem)
  const database = new Database({ ...ports, name, report })
  const records = new RecordStore(database, report)
  return {
    read: () => records.read(),
    write: (batch) => records.write(batch),
    close: () => records.close(),
    files: new KeptFileStore(database, maxKeptBytes, report),
  }
}
