/**
 * Delivers messages one after another, in the order in which they were sent. What is sent while one
 * is delivered waits for its turn, so that no state is changed while something is made of it.
 * `deliver` must not throw.
 */
export function newInbox<T>(deliver: (message: T) => void): (messages: readonly T[]) => void {
  let waiting: T[] = []
  let delivering = false
  return (messages) => {
    for (const message of messages) waiting.push(message)
    if (delivering) return
    delivering = true
    for (let next = 0; next < waiting.length; next += 1) deliver(waiting[next] as T)
    waiting = []
    delivering = false
  }
}
