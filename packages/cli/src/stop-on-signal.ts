import type { Uploader } from '@s3-bg-uploader/core'
import type { Io, StopSignal } from './io.ts'
import type { Reporter } from './reporters/reporter.ts'
import { exitCodeOfSignal } from './summary.ts'

export interface StopOnSignal {
  /** The first signal that came. */
  signal(): StopSignal | undefined
  /** It came, and what was under way can go on the next time. */
  paused(): boolean
  /** Leaves signals to others again. */
  forget(): void
}

/**
 * The first signal ends what is under way: `pause` keeps it for the next time, and `cancel` gives it
 * up so that the storage keeps no orphaned parts. The second one ends the process at once.
 */
export function stopOnSignal(
  io: Io,
  uploader: Uploader<string>,
  reporter: Reporter,
  how: 'pause' | 'cancel',
): StopOnSignal {
  let first: StopSignal | undefined
  const onSignal = (signal: StopSignal) => (): void => {
    if (first !== undefined) {
      reporter.stop()
      io.exit(exitCodeOfSignal(signal))
      return
    }
    first = signal
    if (how === 'cancel') return uploader.cancel()
    // It never rejects, and whoever runs the command waits for it too.
    uploader.close().catch(() => {})
  }
  const forget = [
    io.signals.on('SIGINT', onSignal('SIGINT')),
    io.signals.on('SIGTERM', onSignal('SIGTERM')),
  ]
  return {
    signal: () => first,
    paused: () => first !== undefined && how === 'pause',
    forget: () => {
      for (const remove of forget) remove()
    },
  }
}
