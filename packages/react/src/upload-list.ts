import type { Observable, Transfer, Upload } from '@s3-bg-uploader/core'

/** What a list needs of an uploader or a transfer. */
type Group = Pick<Transfer, 'subscribe' | 'uploads'>

/**
 * The uploads of a group as a snapshot: the same array until one comes or goes.
 *
 * A group tells of every change of its sums, some 20 times a second, and `uploads()` is a new array
 * every time. One list in between lets a thousand rows ask for one look at it.
 */
export class UploadList implements Observable<readonly Upload[]> {
  readonly #group: Group | undefined
  readonly #listeners = new Set<() => void>()
  #unsubscribe: (() => void) | undefined
  #uploads: readonly Upload[] = []
  #byId: ReadonlyMap<string, Upload> = new Map()
  /** What the listeners were told of last. */
  #told: readonly Upload[] = this.#uploads

  /** Without a group the list is empty. */
  constructor(group: Group | undefined) {
    this.#group = group
  }

  getSnapshot = (): readonly Upload[] => {
    const uploads = this.#group?.uploads() ?? this.#uploads
    if (!areSame(uploads, this.#uploads)) {
      this.#uploads = uploads
      this.#byId = new Map(uploads.map((upload) => [upload.id, upload]))
    }
    return this.#uploads
  }

  find(id: string): Upload | undefined {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    // It may have been added a moment ago: whoever has its id from uploadFile must find it.
    this.getSnapshot()
    return this.#byId.get(id)
  }

  subscribe = (listener: () => void): (() => void) => {
    if (this.#group === undefined) return () => {}
    this.#listeners.add(listener)
    if (this.#unsubscribe === undefined) {
      this.#told = this.getSnapshot()
      this.#unsubscribe = this.#group.subscribe(this.#groupChanged)
    }
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
  }

  readonly #groupChanged = (): void => {
    const uploads = this.getSnapshot()
    if (uploads === this.#told) return
    this.#told = uploads
    for (const listener of this.#listeners) listener()
  }
}

function areSame(some: readonly Upload[], others: readonly Upload[]): boolean {
  return some.length === others.length && some.every((upload, at) => upload === others[at])
}
