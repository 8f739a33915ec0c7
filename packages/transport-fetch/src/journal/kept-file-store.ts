import { UploadError } from '@s3-bg-uploader/core'
import { nameOf } from '../error-name.ts'
import type { ChosenFile, KeptFiles } from '../kept-files.ts'
import type { PermissionHandle } from '../permission.ts'
import type { Database } from './database.ts'
import { keepId } from './keep-id.ts'
import { transact } from './open-database.ts'

/** Keeps chosen files in the database of the journal: handles as they are, files by their bytes. */
export class KeptFileStore implements KeptFiles {
  readonly #database: Database
  readonly #maxBytes: number
  readonly #report: (problem: UploadError) => void

  /** @param maxBytes of all files together; handles count nothing */
  constructor(database: Database, maxBytes: number, report: (problem: UploadError) => void) {
    this.#database = database
    this.#maxBytes = maxBytes
    this.#report = report
  }

  async keep(file: ChosenFile): Promise<string | undefined> {
    const bytes = 'size' in file ? file.size : 0
    const id = `${bytes}-${keepId(file)}`
    try {
      return await this.#database.run('written', (connection) =>
        transact(connection, 'files', 'readwrite', async (store) => {
          const others = bytes === 0 ? [] : await store.getAllKeys()
          const sum = others.reduce(
            (total, other) => total + (other === id ? 0 : bytesOf(other)),
            bytes,
          )
          return sum > this.#maxBytes ? undefined : store.put(file, id)
        }),
      )
    } catch (cause) {
      // Without the journal the upload does not begin; without its file it only ends with the page.
      const message = `${file.name} is uploaded, but cannot be kept for after a reload`
      const hint = cause instanceof UploadError ? cause.hint : undefined
      this.#report(new UploadError('store_failed', message, { cause, hint }))
      return undefined
    }
  }

  /**
   * Throws `permission_needed` for a handle that only a click lets the browser ask for. The handle is
   * the cause: the click may be in another tab than the one that uploads.
   */
  async take(id: string): Promise<ChosenFile | undefined> {
    const file = await this.#read(id)
    if (file !== undefined && (await needsClick(file))) {
      const message = `${file.name} may be read once the user permits it again`
      throw new UploadError('permission_needed', message, { cause: file })
    }
    return file
  }

  release(id: string): Promise<void> {
    return this.#database.run('written', (connection) =>
      transact(connection, 'files', 'readwrite', (store) => store.delete(id)),
    )
  }

  retain(ids: readonly string[]): Promise<void> {
    const needed = new Set(ids)
    return this.#database.run('written', (connection) =>
      transact(connection, 'files', 'readwrite', async (store) => {
        const others = (await store.getAllKeys()).filter((id) => !needed.has(id))
        await Promise.all(others.map((id) => store.delete(id)))
      }),
    )
  }

  async #read(id: string): Promise<ChosenFile | undefined> {
    try {
      return await this.#database.run('read', (connection) =>
        transact(connection, 'files', 'readonly', (store) => store.get(id)),
      )
    } catch (error) {
      if (!isUnreadable(error)) throw error
      throw new UploadError('file_unreadable', 'The browser lost the content of a kept file', {
        cause: error,
        hint: 'Let the user choose the file again.',
      })
    }
  }
}

/** Begins with the bytes of the file, so that a sum over many needs to read none of them. */
function bytesOf(id: string): number {
  return Number.parseInt(id, 10) || 0
}

/** The record is there, but what it refers to is not. */
function isUnreadable(error: unknown): boolean {
  const cause = error instanceof UploadError ? error.cause : undefined
  return ['DataError', 'NotReadableError'].includes(nameOf(cause))
}

async function needsClick(file: ChosenFile & Partial<PermissionHandle>): Promise<boolean> {
  const state = await file.queryPermission?.({ mode: 'read' })
  // The transport asks, as long as the click that it follows from is fresh.
  return state === 'prompt' && globalThis.navigator?.userActivation?.isActive !== true
}
