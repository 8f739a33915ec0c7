import { isUploadError, type Observable, type UploadError } from '@s3-bg-uploader/core'

/** Something that the user should know and that belongs to no upload. */
export interface Notice {
  readonly id: number
  readonly text: string
  /** What it was, where that has a hint and a page. */
  readonly error: UploadError | undefined
}

/** Notices that the user has not dismissed yet. */
export class Notices implements Observable<readonly Notice[]> {
  readonly #listeners = new Set<() => void>()
  #notices: readonly Notice[] = []
  #lastId = 0

  /** For `catch` and for `onProblem`. */
  report = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error)
    this.#lastId += 1
    // The same text once: two hundred files may fail for one reason.
    const others = this.#notices.filter((notice) => notice.text !== text)
    this.#set([
      ...others,
      { id: this.#lastId, text, error: isUploadError(error) ? error : undefined },
    ])
  }

  dismiss(id: number): void {
    this.#set(this.#notices.filter((notice) => notice.id !== id))
  }

  getSnapshot = (): readonly Notice[] => this.#notices

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  #set(notices: readonly Notice[]): void {
    this.#notices = notices
    for (const listener of this.#listeners) listener()
  }
}
