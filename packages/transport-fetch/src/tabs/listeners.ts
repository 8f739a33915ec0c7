/** The listeners of one observable. One that throws does not keep the others from hearing. */
export class Listeners {
  readonly #report: (cause: unknown) => void
  readonly #listeners = new Set<() => void>()

  constructor(report: (cause: unknown) => void) {
    this.#report = report
  }

  add(listener: () => void): () => void {
    // A wrapper of its own, so that one function subscribed twice is called twice.
    const entry = (): void => listener()
    this.#listeners.add(entry)
    return () => {
      this.#listeners.delete(entry)
    }
  }

  notify(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener()
      } catch (cause) {
        this.#report(cause)
      }
    }
  }
}
