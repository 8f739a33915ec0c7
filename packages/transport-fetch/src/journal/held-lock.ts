/** Web Locks, as far as they are used here; `navigator.locks` fits. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    whileHeld: () => Promise<void>,
  ): Promise<unknown>
}

/**
 * Waits for a lock and resolves with what gives it back. A tab that ends, however it ends, gives
 * back its own. Rejects when the signal aborts first, and where the browser has no locks to give.
 *
 * @param onLost the lock is gone though nobody gave it back: Safari takes those of a page that it
 * puts into the back/forward cache
 */
export function holdLock(
  locks: Locks,
  name: string,
  signal: AbortSignal,
  onLost: () => void,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let state: 'waiting' | 'held' | 'released' = 'waiting'
    const whileHeld = (): Promise<void> =>
      new Promise((release) => {
        state = 'held'
        resolve(() => {
          state = 'released'
          release()
        })
      })
    locks.request(name, { signal }, whileHeld).catch((error: unknown) => {
      if (state === 'waiting') reject(error)
      else if (state === 'held') onLost()
    })
  })
}
