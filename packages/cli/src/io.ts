/** A place to write text to, with what a terminal tells about itself. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** The signals that end a command. */
export type StopSignal = 'SIGINT' | 'SIGTERM'

/** Everything a command touches outside itself, so that tests can stand in for the process. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signals: {
    /** Returns what removes the listener. */
    readonly on: (signal: StopSignal, listener: () => void) => () => void
  }
  /** Milliseconds that never run backwards. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wall: () => number
  /** Ends the process at once: the answer to a second signal. */
  readonly exit: (code: number) => void
}

/** The process as it is. */
export function processIo(): Io {
  // A reader that went away (`| head`) ends the output, not the uploads.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signals: {
      on(signal, listener) {
        process.on(signal, listener)
        return () => process.off(signal, listener)
      },
    },
    now: () => performance.now(),
    wall: () => Date.now(),
    exit: (code) => process.exit(code),
  }
}
