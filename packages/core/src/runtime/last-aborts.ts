import type { Clock } from '../ports.ts'
import type { Entry } from './entry.ts'

/** How long `close` waits for abort calls. */
const ABORT_GRACE_MS = 3000

/**
 * Resolves once no abort call is left to be made for any of these uploads, or the time for that is
 * over. `watch` is given what is to be called whenever one may have ended.
 */
export function lastAborts(
  uploads: ReadonlySet<Entry>,
  isAborting: (entry: Entry) => boolean,
  clock: Clock,
  watch: (look: () => void) => void,
): Promise<void> {
  const waiting = new Set(uploads)
  return new Promise((resolve) => {
    const cancelTimer = clock.setTimer(resolve, ABORT_GRACE_MS)
    const look = (): void => {
      for (const entry of waiting) if (!isAborting(entry)) waiting.delete(entry)
      if (waiting.size > 0) return
      cancelTimer()
      resolve()
    }
    watch(look)
    look()
  })
}
