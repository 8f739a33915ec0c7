import type { PartSnapshot, Upload, UploadSnapshot } from '@s3-bg-uploader/core'

/** An upload as a tab shows it that follows another one: its parts come later than its snapshot. */
export class FollowingTab implements Upload {
  readonly #upload: Upload
  readonly #listeners = new Set<() => void>()
  readonly #snapshot: UploadSnapshot
  #parts: readonly PartSnapshot[] = []

  constructor(upload: Upload) {
    this.#upload = upload
    this.#snapshot = upload.getSnapshot()
  }

  get id(): string {
    return this.#upload.id
  }

  get done(): Promise<UploadSnapshot> {
    return this.#upload.done
  }

  getSnapshot = (): UploadSnapshot => this.#snapshot

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  parts(): readonly PartSnapshot[] {
    return this.#parts
  }

  partsArrive(): void {
    this.#parts = this.#upload.parts()
    for (const listener of this.#listeners) listener()
  }

  pause(): void {
    this.#upload.pause()
  }

  resume(): void {
    this.#upload.resume()
  }

  cancel(): void {
    this.#upload.cancel()
  }

  retry(): void {
    this.#upload.retry()
  }

  forget(): void {
    this.#upload.forget()
  }
}
