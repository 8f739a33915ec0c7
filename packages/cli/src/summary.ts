import type { UploadSnapshot } from '@s3-bg-uploader/core'
import type { StopSignal } from './io.ts'

/** What became of all files. */
export interface Summary {
  readonly completed: number
  readonly failed: number
  /** Not finished when the command was interrupted. */
  readonly cancelled: number
  /** Of the completed files. */
  readonly bytes: number
  readonly seconds: number
  readonly interruptedBy: StopSignal | undefined
}

export function summarize(
  snapshots: readonly UploadSnapshot[],
  run: Pick<Summary, 'seconds' | 'interruptedBy'>,
): Summary {
  const completed = snapshots.filter(({ status }) => status === 'completed')
  const failed = snapshots.filter(({ status }) => status === 'failed')
  return {
    completed: completed.length,
    failed: failed.length,
    cancelled: snapshots.length - completed.length - failed.length,
    bytes: completed.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
    ...run,
  }
}

/** Every code this program exits with. Signals follow the shells' 128 + number. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

export function exitCodeOfSignal(signal: StopSignal): ExitCode {
  return signal === 'SIGINT' ? ExitCode.interrupted : ExitCode.terminated
}

export function exitCodeOf(summary: Summary): ExitCode {
  if (summary.interruptedBy !== undefined) return exitCodeOfSignal(summary.interruptedBy)
  return summary.failed + summary.cancelled > 0 ? ExitCode.failed : ExitCode.ok
}
