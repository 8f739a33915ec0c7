import type { Json, Upload, Uploader, UploaderConfig, UploadSnapshot } from '@s3-bg-uploader/core'
import { isUploadError, UploadError } from '@s3-bg-uploader/core'
import { describeFailures } from './describe-error.ts'
import type { Io, StopSignal } from './io.ts'
import { barsReporter } from './reporters/bars.ts'
import { jsonLinesReporter } from './reporters/json-lines.ts'
import { linesReporter } from './reporters/lines.ts'
import type { Reporter, TrackedFile } from './reporters/reporter.ts'
import type { Summary } from './summary.ts'
import { exitCodeOfSignal, summarize } from './summary.ts'
import { canRedraw } from './terminal.ts'

/** What to upload, and how. */
export interface UploadRequest {
  readonly paths: readonly string[]
  readonly config: UploaderConfig
  readonly transferId: string | undefined
  readonly userParams: { readonly [name: string]: Json }
  readonly concurrency: number | undefined
  readonly json: boolean
}

/** Opens an uploader for a request; tests bring their own. */
export type Connect = (
  request: UploadRequest,
  onProblem: (error: UploadError) => void,
) => Promise<Uploader<string>>

export interface UploadReport {
  readonly files: readonly TrackedFile[]
  readonly summary: Summary
}

/** Uploads the files and shows how it goes. One that fails does not stop the others. */
export async function uploadFiles(
  request: UploadRequest,
  io: Io,
  connect: Connect,
): Promise<UploadReport> {
  const startedAt = io.now()
  const problems: UploadError[] = []
  const uploader = await connect(request, (error) => problems.push(error))
  const reporter = createReporter(request, io, uploader)
  const stop = stopOnSignal(io, uploader, reporter)
  const files: TrackedFile[] = []
  try {
    // Files are added one after the other and go on side by side.
    const ends: Promise<void>[] = []
    for (const path of request.paths) {
      if (stop.signal() !== undefined) files.push(notAdded(path, reporter))
      else files.push(await addFile(path, request, uploader, reporter, ends))
    }
    await Promise.all(ends)
  } finally {
    reporter.stop()
    await uploader.close()
    stop.forget()
  }
  const summary = summarize(
    files.map(({ snapshot }) => snapshot),
    { seconds: Math.round(io.now() - startedAt) / 1000, interruptedBy: stop.signal() },
  )
  reporter.summary(summary)
  io.stderr.write(
    describeFailures([
      ...files
        .filter(({ snapshot }) => snapshot.status === 'failed')
        .map(({ path, snapshot }) => ({ path, error: snapshot.error })),
      ...problems.map((error) => ({ error })),
    ]),
  )
  return { files, summary }
}

function createReporter(request: UploadRequest, io: Io, uploader: Uploader<string>): Reporter {
  if (request.json) return jsonLinesReporter(io)
  if (!canRedraw(io.stdout, io.env)) return linesReporter(io)
  return barsReporter(io, { count: request.paths.length, total: () => uploader.getSnapshot() })
}

async function addFile(
  path: string,
  request: UploadRequest,
  uploader: Uploader<string>,
  reporter: Reporter,
  ends: Promise<void>[],
): Promise<TrackedFile> {
  let upload: Upload
  try {
    upload = await uploader.uploadFile(path, {
      userParams: request.userParams,
      transferId: request.transferId,
    })
  } catch (error) {
    const file = { path, snapshot: snapshotOutside(path, 'failed', asUploadError(error)) }
    reporter.finished(file)
    return file
  }
  const file: TrackedFile = {
    path,
    get snapshot() {
      return upload.getSnapshot()
    },
  }
  const unsubscribe = upload.subscribe(() => reporter.changed(file))
  reporter.changed(file)
  const ended = (): void => {
    unsubscribe()
    reporter.finished(file)
  }
  // A failure is in the snapshot; here it only matters that the upload is over.
  ends.push(upload.done.then(ended, ended))
  return file
}

/** A file that the command did not get to before it was interrupted. */
function notAdded(path: string, reporter: Reporter): TrackedFile {
  const file = { path, snapshot: snapshotOutside(path, 'cancelled', undefined) }
  reporter.finished(file)
  return file
}

/** The snapshot of a file that the uploader never took. */
function snapshotOutside(
  name: string,
  status: 'failed' | 'cancelled',
  error: UploadError | undefined,
): UploadSnapshot {
  return {
    id: '',
    name,
    transferId: undefined,
    status,
    totalBytes: 0,
    hashedBytes: 0,
    sentBytes: 0,
    confirmedBytes: 0,
    totalParts: 0,
    confirmedParts: 0,
    partsInFlight: 0,
    percentage: 0,
    speed: 0,
    eta: undefined,
    waitingFor: undefined,
    error,
    key: undefined,
    fileHash: undefined,
  }
}

function asUploadError(error: unknown): UploadError {
  if (isUploadError(error)) return error
  return new UploadError('internal', 'The file could not be added', { cause: error })
}

/**
 * The first signal cancels what is under way, so that the storage keeps no orphaned parts; the
 * second one ends the process at once.
 */
function stopOnSignal(
  io: Io,
  uploader: Uploader<string>,
  reporter: Reporter,
): { readonly signal: () => StopSignal | undefined; readonly forget: () => void } {
  let first: StopSignal | undefined
  const onSignal = (signal: StopSignal) => (): void => {
    if (first !== undefined) {
      reporter.stop()
      io.exit(exitCodeOfSignal(signal))
      return
    }
    first = signal
    uploader.cancel()
  }
  const forget = [
    io.signals.on('SIGINT', onSignal('SIGINT')),
    io.signals.on('SIGTERM', onSignal('SIGTERM')),
  ]
  return {
    signal: () => first,
    forget: () => {
      for (const remove of forget) remove()
    },
  }
}
