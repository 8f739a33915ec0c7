import type { Locks } from '../../src/journal/held-lock.ts'

interface Waiting {
  readonly owner: object
  grant(): void
  take(): void
}

/**
 * The lock manager of one origin: exclusive locks, granted in the order in which they were asked
 * for. A tab that dies gives back what it holds and asks for nothing more.
 */
export class LocksInMemory {
  readonly #queues = new Map<string, Waiting[]>()
  readonly #ended = new WeakSet<object>()

  /** What `navigator.locks` is in one tab. */
  of(owner: object): Locks {
    return {
      request: (name, { signal }, whileHeld) =>
        new Promise((resolve, reject) => {
          if (this.#ended.has(owner)) return
          if (signal.aborted) return reject(signal.reason)
          const queue = this.#queues.get(name) ?? []
          this.#queues.set(name, queue)
          const give = (): void => {
            const at = queue.indexOf(waiting)
            if (at < 0) return
            queue.splice(at, 1)
            if (at === 0) queue[0]?.grant()
          }
          const abort = (): void => {
            if (queue[0] === waiting) return
            give()
            reject(signal.reason)
          }
          const waiting: Waiting = {
            owner,
            take: () => reject(new DOMException('The lock was taken', 'AbortError')),
            grant: () =>
              queueMicrotask(() => {
                if (queue[0] !== waiting) return
                signal.removeEventListener('abort', abort)
                whileHeld().then(resolve, reject).finally(give)
              }),
          }
          signal.addEventListener('abort', abort)
          queue.push(waiting)
          if (queue[0] === waiting) waiting.grant()
        }),
    }
  }

  /** The tab ends, however it ends. */
  end(owner: object): void {
    this.#ended.add(owner)
    for (const queue of this.#queues.values()) {
      const first = queue[0]
      for (let at = queue.length - 1; at >= 0; at--) {
        if (queue[at]?.owner === owner) queue.splice(at, 1)
      }
      if (queue[0] !== first) queue[0]?.grant()
    }
  }

  /** Takes what a tab holds, as Safari does when a page goes into the back/forward cache. */
  take(owner: object): void {
    for (const queue of this.#queues.values()) {
      if (queue[0]?.owner !== owner) continue
      queue.shift()?.take()
      queue[0]?.grant()
    }
  }

  isHeld(name: string): boolean {
    return (this.#queues.get(name)?.length ?? 0) > 0
  }
}
