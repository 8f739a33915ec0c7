import { isUploadError, UploadError } from '../errors.ts'
import type { UploadState } from '../machine/upload-state.ts'
import type { Store } from '../ports.ts'

/** What goes on of a journal. */
export interface Restored {
  /** In the order in which they were added. */
  readonly uploads: readonly UploadState[]
  /** Keys of parts that no upload needs. */
  readonly orphans: readonly string[]
  /** The refs that its uploads may still need, if that can be told. */
  readonly refs: readonly string[] | undefined
}

/**
 * Reads a journal. What makes sense of its records is loaded only where there are some.
 *
 * @throws UploadError `store_failed`, or what the store throws of this class.
 */
export async function readJournal(
  store: Store,
  report: (error: UploadError) => void,
): Promise<Restored> {
  const records = await readStore(store)
  if (records.length === 0) return { uploads: [], orphans: [], refs: [] }
  const { restoreJournal } = await loadEarlierProcess(store)
  return restoreJournal(records, report)
}

async function loadEarlierProcess(store: Store): Promise<typeof import('./earlier-process.ts')> {
  try {
    return await import('./earlier-process.ts')
  } catch (cause) {
    await store.close().catch(() => {
      // Why it is closed matters more.
    })
    throw new UploadError('store_failed', 'What restores the journal could not be loaded', {
      cause,
      retryable: true,
      hint: 'Check that the chunk that your bundler made of earlier-process is deployed, and reload.',
    })
  }
}

async function readStore(store: Store): ReturnType<Store['read']> {
  try {
    return await store.read()
  } catch (cause) {
    if (isUploadError(cause)) throw cause
    throw new UploadError('store_failed', 'The journal could not be read', { cause })
  }
}
