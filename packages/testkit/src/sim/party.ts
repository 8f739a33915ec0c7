/** Whoever waits for answers. Those who died wait no more. */
export interface Party {
  readonly alive: boolean
  /** Calls back now, or when the party is awake again, or never. */
  deliver(callback: () => void): void
}

/** What a dead process gets from its ports. */
export function never<T>(): Promise<T> {
  return new Promise(() => {})
}
