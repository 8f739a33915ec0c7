import type { UploadFile, UploadState } from '../machine/upload-state.ts'

/**
 * A file that was changed so shortly before it was hashed could be changed again without its time
 * telling: file systems keep times no finer than this.
 */
const MTIME_GRAIN_MS = 2000

/** What tells two additions of one file. */
export type FileFacts = Omit<UploadFile, 'id' | 'order' | 'createdAt'>

/** Ids in the order of adding. Nearly every key has one: a set for each would cost more than the rest. */
type Index = Map<string, Set<string> | string>

/** Finds the uploads of a file again: by its place, by its content, or because they miss it. */
export class KnownFiles {
  readonly #stateOf: (id: string) => UploadState
  readonly #byRef: Index = new Map()
  readonly #byHash: Index = new Map()
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

  #states(index: Index, key = ''): UploadState[] {
    const ids = index.get(key) ?? []
    return (typeof ids === 'string' ? [ids] : [...ids]).map((id) => this.#stateOf(id))
  }
}

/** Without a time, or a place, two files of one name cannot be told apart. */
export function isTold({ lastModified, ref }: FileFacts): boolean {
  return lastModified !== undefined && ref !== undefined
}

function isSamePurpose(file: FileFacts, other: FileFacts): boolean {
  return file.transferId === other.transferId && file.userParams === other.userParams
}

function append(index: Index, key: string, id: string): void {
  const ids = index.get(key)
  if (ids instanceof Set) ids.add(id)
  else index.set(key, ids === undefined ? id : new Set([ids, id]))
}

function without(index: Index, key: string, id: string): void {
  const ids = index.get(key)
  if (ids instanceof Set) ids.delete(id)
  if (ids === id || (ids instanceof Set && ids.size === 0)) index.delete(key)
}
