/** How often and how patiently to try again. */
export interface RetryRules {
  /** Attempts in all, the first included. */
  readonly attempts: number
  readonly baseMs: number
  readonly capMs: number
}

/**
 * Milliseconds to wait after the n-th failed attempt: exponential with full jitter, and never less
 * than the server asked for. `draw` is random in [0, 1).
 */
export function backoffMs(
  rules: RetryRules,
  failedAttempts: number,
  draw: number,
  retryAfterMs: number | undefined,
): number {
  const ceiling = Math.min(rules.capMs, rules.baseMs * 2 ** (failedAttempts - 1))
  // What many were told at once must not make them all come back at once.
  if (retryAfterMs !== undefined)
    return Math.max(retryAfterMs + draw * rules.baseMs, draw * ceiling)
  return draw * ceiling
}
