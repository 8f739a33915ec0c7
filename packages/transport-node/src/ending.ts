/** One exchange, and what has to stop when it is over. An AbortSignal would cost ten times as much. */
export class Ending {
  #isOver = false
  readonly #stops = new Set<() => void>()

  get isOver(): boolean {
    return this.#isOver
  }

  /** Calls `stop` once it is over. Returns what takes that back. */
  whenOver(stop: () => void): () => void {
    this.#stops.add(stop)
    return () => this.#stops.delete(stop)
  }

  end(): void {
    this.#isOver = true
    for (const stop of this.#stops) stop()
  }
}

/**
 * Runs `work` and rejects as soon as `signal` aborts, with its reason. What the work has begun it
 * ties to `ending`, which comes on every way out: after success, failure and abort alike.
 */
export function withEnding<T>(
  signal: AbortSignal,
  work: (ending: Ending) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const ending = new Ending()
    const settle = (tell: () => void): void => {
      signal.removeEventListener('abort', abort)
      tell()
      ending.end()
    }
    const abort = () => settle(() => reject(signal.reason))
    signal.addEventListener('abort', abort)
    work(ending).then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}
