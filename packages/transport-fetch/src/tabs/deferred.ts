/** A promise and what settles it. A rejection that nobody waits for is no unhandled one. */
export class Deferred<T> {
  readonly promise: Promise<T>
  resolve!: (value: T) => void
  reject!: (error: unknown) => void

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.promise.catch(() => {
      // Whoever awaits it sees it.
    })
  }
}
