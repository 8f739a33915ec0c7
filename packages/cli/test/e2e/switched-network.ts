import type { Network } from '@s3-bg-uploader/core'

/** A network that is there or not, as the test says. */
export class SwitchedNetwork implements Network {
  #online: boolean
  readonly #listeners = new Set<() => void>()

  constructor(online: boolean) {
    this.#online = online
  }

  isOnline(): boolean {
    return this.#online
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  switch(online: boolean): void {
    this.#online = online
    for (const listener of this.#listeners) listener()
  }
}
