import type { UploadFile, UploadState } from '../machine/upload-state.ts'

/**
 * A file that was changed so shortly before it was hashed could be changed again without its time
 * telling: file systems keep times no finer than this.
 */
const MTIME_GRAIN_MS = 2000

/** What tells two additions of one file. */
export type FileFacts = Omit<UploadFile, 'id' | 'order' | 'createdAt'>

/** Remembers which files have an upload, which uploads miss their file, and what was hashed. */
export class KnownFiles {
  readonly #byFile = new Map<string, string>()
  readonly #byContent = new Map<string, string>()
  readonly #hashes = new Map<string, string>()
  readonly #missing = new Map<string, UploadFile>()

  /** The upload of the same file for the same purpose, were it under another path or not. */
  find(facts: FileFacts): string | undefined {
    const hash = this.hashOf(facts)
    const same = isTold(facts) ? this.#byFile.get(fileKey(facts)) : undefined
    return same ?? (hash === undefined ? undefined : this.#byContent.get(contentKey(facts, hash)))
  }

  /** The upload that waits for this file. */
  findMissing(facts: FileFacts): string | undefined {
    for (const [id, file] of this.#missing) {
      if (
        file.name === facts.name &&
        file.size === facts.size &&
        purpose(file) === purpose(facts)
      ) {
        return id
      }
    }
    return undefined
  }

  /** The hash of a file that did not change since it was hashed. */
  hashOf(facts: FileFacts): string | undefined {
    return isTold(facts) ? this.#hashes.get(placeKey(facts)) : undefined
  }

  note({ file, hash, source, outcome }: UploadState): void {
    if (outcome === undefined && source === 'missing') this.#missing.set(file.id, file)
    else this.#missing.delete(file.id)
    if (outcome === 'cancelled') return this.forget(file, hash)
    if (isTold(file)) this.#byFile.set(fileKey(file), file.id)
    if (hash === undefined) return
    this.#byContent.set(contentKey(file, hash), file.id)
    const { lastModified } = file
    if (lastModified !== undefined && lastModified + MTIME_GRAIN_MS < file.createdAt) {
      this.#hashes.set(placeKey(file), hash)
    }
  }

  forget(file: UploadFile, hash: string | undefined): void {
    this.#missing.delete(file.id)
    remove(this.#byFile, fileKey(file), file.id)
    if (hash !== undefined) remove(this.#byContent, contentKey(file, hash), file.id)
  }
}

/** Without a time, or a place, two files of one name cannot be told apart. */
export function isTold({ lastModified, ref }: FileFacts): boolean {
  return lastModified !== undefined && ref !== undefined
}

function placeKey({ ref, size, lastModified }: FileFacts): string {
  return JSON.stringify([ref, size, lastModified])
}

function purpose({ transferId, userParams }: FileFacts): string {
  return JSON.stringify([transferId, userParams])
}

function fileKey(facts: FileFacts): string {
  return purpose(facts) + placeKey(facts)
}

function contentKey(facts: FileFacts, hash: string): string {
  return JSON.stringify([facts.transferId, facts.userParams, facts.name, facts.size, hash])
}

/** Only while it still says what is to be forgotten. */
function remove(map: Map<string, string>, key: string, id: string): void {
  if (map.get(key) === id) map.delete(key)
}
