/** Lets things pass in their order, each of them so much later. */
export class DelayLine<T> {
  readonly #ms: number
  readonly #deliver: (item: T) => void
  readonly #waiting: { readonly item: T; readonly dueAt: number }[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, deliver: (item: T) => void) {
    this.#ms = ms
    this.#deliver = deliver
  }

  /** @param notBefore when it may set out at the earliest, on the clock of `performance.now`. */
  push(item: T, notBefore = 0): void {
    this.#waiting.push({ item, dueAt: Math.max(performance.now(), notBefore) + this.#ms })
    this.#timer ??= this.#wait()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  #wait(): NodeJS.Timeout | undefined {
    const [next] = this.#waiting
    if (next === undefined) return undefined
    return setTimeout(() => {
      const now = performance.now()
      const due = this.#waiting.findIndex(({ dueAt }) => dueAt > now)
      const passing = this.#waiting.splice(0, due < 0 ? this.#waiting.length : due)
      for (const { item } of passing) this.#deliver(item)
      this.#timer = this.#wait()
    }, next.dueAt - performance.now())
  }
}
