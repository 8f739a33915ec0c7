import type { UploadError, UploadSnapshot } from '@s3-bg-uploader/core'
import type { Summary } from '../summary.ts'

/** One file of the command line. */
export interface TrackedFile {
  /** As the user wrote it. */
  readonly path: string
  /** As it stands now. */
  readonly snapshot: UploadSnapshot
}

/** Shows how it goes. One implementation for each kind of reader: people, logs, programs. */
export interface Reporter {
  /** Called as often as the uploader notifies; saying less is up to the reporter. */
  changed(file: TrackedFile): void
  /** Called once for each file that completed, failed or was cancelled. */
  finished(file: TrackedFile): void
  /** Called with the first problem of each kind that stops nothing, when it comes. */
  problem(error: UploadError): void
  /** Leaves the output in order. Nothing is reported afterwards. */
  stop(): void
  /** Called last, after `stop`. */
  summary(summary: Summary): void
}
