import type { Clock, UploadError } from '@s3-bg-uploader/core'

// What every runtime has, but not under names that a type library of ours declares.
const host = globalThis as unknown as {
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
  readonly console?: { error(...values: unknown[]): void }
}

export const hostTimer: Clock['setTimer'] = (callback, delayMs) => {
  const timer = host.setTimeout(callback, delayMs)
  return () => host.clearTimeout(timer)
}

/** What the application does about a problem must not become the next one. */
export function harmless(tell: (error: UploadError) => void): (error: UploadError) => void {
  return (error) => {
    try {
      tell(error)
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** Where problems go that nobody asked to hear of. */
export function reportToConsole({ message, code, hint, docs, cause }: UploadError): void {
  host.console?.error(`s3-bg-uploader: ${message} (${code}). ${hint} ${docs}`, cause)
}
