/** Web Locks, as far as they are used here; `navigator.locks` fits. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    whileHeld: () => Promise<void>,
  ): Promise<unknown>
}

/**
 * Waits for a lock and resolves with what gives it back. Tabs that end, however they end, give
 * theirs back. Rejects when the signal aborts first, and where the browser has no locks to give.
 */
export function holdLock(locks: Locks, name: string, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    locks.request(name, { signal }, () => new Promise<void>(resolve)).catch(reject)
  })
}
