import type { Network } from '../../src/ports.ts'

/** A network that a test switches on and off. */
export class SwitchableNetwork implements Network {
  readonly #listeners = new Set<() => void>()
  #online = true
  #constrained = false

  isOnline(): boolean {
    return this.#online
  }

  isConstrained(): boolean {
    return this.#constrained
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  get listeners(): number {
    return this.#listeners.size
  }

  switch(online: boolean): void {
    this.#online = online
    for (const listener of this.#listeners) listener()
  }

  constrain(constrained: boolean): void {
    this.#constrained = constrained
    for (const listener of this.#listeners) listener()
  }
}
