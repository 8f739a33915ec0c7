import type { UploadFile, UploadState } from '../machine/upload-state.ts'

/**
 * A file that was changed so shortly before it was hashed could be changed again without its time
 * telling: file systems keep times no finer than this.
 */
const MTIME_GRAIN_MS = 2000

/** What tells two additions of one file. */
export type FileFacts = Omit<UploadFile, 'id' | 'order' | 'createdAt'>

/** Finds the uploads of a file again: by its place, by its content, or because they miss it. */
export class KnownFiles {
  readonly #stateOf: (id: string) => UploadState
  readonly #byRef = new Map<string, readonly string[] | string>()
  readonly #byHash = new Map<string, readonly string[] | string>()
  readonly #missing = new Set<string>()

  constructor(stateOf: (id: string) => UploadState) {
    this.#stateOf = stateOf
  }

  /** The youngest upload of the same file for the same purpose. */
  find(facts: FileFacts): UploadState | undefined {
    const isSame = ({ file, outcome }: UploadState): boolean =>
      outcome !== 'cancelled' && isSamePurpose(file, facts)
    const sameContent = this.#states(this.#byHash, this.hashOf(facts)).filter(
      ({ file }) => file.name === facts.name && file.size === facts.size,
    )
    return [...sameContent, ...this.#sameFile(facts)].filter(isSame).at(-1)
  }

  /** The upload that waits for this file. */
  findMissing(facts: FileFacts): string | undefined {
    for (const id of this.#missing) {
      const { file } = this.#stateOf(id)
      if (file.name === facts.name && file.size === facts.size && isSamePurpose(file, facts)) {
        return id
      }
    }
    return undefined
  }

  /** The hash of a file that did not change since it was hashed. */
  hashOf(facts: FileFacts): string | undefined {
    return this.#sameFile(facts).find(({ hash, file }) => {
      const { lastModified = Number.POSITIVE_INFINITY, createdAt } = file
      return hash !== undefined && lastModified + MTIME_GRAIN_MS < createdAt
    })?.hash
  }

  add({ file, hash }: UploadState): void {
    if (file.ref !== undefined) append(this.#byRef, file.ref, file.id)
    if (hash !== undefined) append(this.#byHash, hash, file.id)
  }

  /** To be called when what is known of the file, or what it waits for, has changed. */
  change(state: UploadState, before: UploadState): void {
    const { id } = state.file
    if (state.hash !== before.hash || state.file.ref !== before.file.ref) {
      this.remove(before)
      this.add(state)
    }
    if (state.outcome === undefined && state.source === 'missing') this.#missing.add(id)
    else this.#missing.delete(id)
  }

  remove({ file, hash }: UploadState): void {
    this.#missing.delete(file.id)
    if (file.ref !== undefined) without(this.#byRef, file.ref, file.id)
    if (hash !== undefined) without(this.#byHash, hash, file.id)
  }

  #sameFile(facts: FileFacts): UploadState[] {
    if (!isTold(facts)) return []
    return this.#states(this.#byRef, facts.ref).filter(
      ({ file }) => file.size === facts.size && file.lastModified === facts.lastModified,
    )
  }

  #states(index: ReadonlyMap<string, readonly string[] | string>, key = ''): UploadState[] {
    return listOf(index.get(key)).map((id) => this.#stateOf(id))
  }
}

/** Without a time, or a place, two files of one name cannot be told apart. */
export function isTold({ lastModified, ref }: FileFacts): boolean {
  return lastModified !== undefined && ref !== undefined
}

function isSamePurpose(file: FileFacts, other: FileFacts): boolean {
  return file.transferId === other.transferId && file.userParams === other.userParams
}

// Nearly every key has one id: a list for each would cost more than all the rest.
function listOf(ids: readonly string[] | string = []): readonly string[] {
  return typeof ids === 'string' ? [ids] : ids
}

function append(index: Map<string, readonly string[] | string>, key: string, id: string): void {
  const ids = index.get(key)
  index.set(key, ids === undefined ? id : [...listOf(ids), id])
}

function without(index: Map<string, readonly string[] | string>, key: string, id: string): void {
  const ids = listOf(index.get(key)).filter((other) => other !== id)
  if (ids.length === 0) index.delete(key)
  else index.set(key, ids.length === 1 ? (ids[0] ?? ids) : ids)
}
