/**
 * Runs `work` and rejects as soon as `signal` aborts, with its reason. What the work has begun it
 * ties to `ending`, which aborts on every way out: after success, failure and abort alike.
 */
export async function withEnding<T>(
  signal: AbortSignal,
  work: (ending: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const ending = new AbortController()
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
  })
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([aborted, work(ending.signal)])
  } finally {
    signal.removeEventListener('abort', abort)
    ending.abort()
  }
}
