import {
  type Upload,
  UploadError,
  type Uploader,
  type UploaderConfig,
  type UploadSnapshot,
} from '@s3-bg-uploader/core'
import type { Connect } from './connect.ts'
import { createReporter } from './create-reporter.ts'
import { describeFailures } from './describe-error.ts'
import { howToResume } from './how-to-resume.ts'
import type { Io } from './io.ts'
import { isOver } from './is-over.ts'
import { OwnShare } from './own-share.ts'
import { ProblemLog } from './problem-log.ts'
import type { Reporter, TrackedFile } from './reporters/reporter.ts'
import { type StopOnSignal, stopOnSignal } from './stop-on-signal.ts'
import type { Summary } from './summary.ts'
import { summarize } from './summary.ts'

/** What every command has that sends parts. */
export interface RunRequest {
  readonly config: UploaderConfig
  readonly concurrency: number | undefined
  /** The folder of the journal. Undefined: an interrupted upload starts over the next time. */
  readonly stateDir: string | undefined
  readonly json: boolean
}

export interface UploadReport {
  readonly files: readonly TrackedFile[]
  readonly summary: Summary
}

/** The uploads that a command works on, while it does. */
export class Session {
  readonly uploader: Uploader<string>
  readonly files: TrackedFile[] = []
  readonly #reporter: Reporter
  readonly #stop: StopOnSignal
  readonly #share: OwnShare
  readonly #ends: Promise<void>[] = []

  constructor(uploader: Uploader<string>, share: OwnShare, reporter: Reporter, stop: StopOnSignal) {
    this.uploader = uploader
    this.#share = share
    this.#reporter = reporter
    this.#stop = stop
  }

  /** A signal came: nothing more is to be begun. */
  get interrupted(): boolean {
    return this.#stop.signal() !== undefined
  }

  /** Lets an upload go on, and reports about it until it is over. */
  follow(path: string, upload: Upload): void {
    const reporter = this.#reporter
    const stop = this.#stop
    let gone: UploadError | undefined
    const file: TrackedFile = {
      path,
      get snapshot() {
        const snapshot = upload.getSnapshot()
        if (gone !== undefined) return asFailed(snapshot, gone)
        // The uploader is closed: nothing is on its way any more, whatever it was last.
        return stop.paused() && !isOver(snapshot) ? asPaused(snapshot) : snapshot
      },
    }
    this.files.push(file)
    this.#share.add(upload)
    upload.resume()
    const ended = new Promise<void>((resolve) => {
      const unsubscribe = upload.subscribe(() => {
        // The uploader would wait until the file is added again. This command has nobody to do so.
        if (upload.getSnapshot().waitingFor?.reason === 'file') {
          gone = new UploadError('file_not_found', 'The file is no longer where it was')
          end()
        } else reporter.changed(file)
      })
      let over = false
      const end = (): void => {
        if (over) return
        over = true
        unsubscribe()
        reporter.finished(file)
        resolve()
      }
      // A failure is in the snapshot; here it only matters that the upload is over.
      upload.done.then(end, end)
    })
    reporter.changed(file)
    this.#ends.push(ended)
  }

  /** Reports a file that the uploader did not take; without an error it was not reached. */
  leaveOut(path: string, error?: UploadError): void {
    const status = error === undefined ? 'cancelled' : 'failed'
    const file = { path, snapshot: snapshotOutside(path, status, error) }
    this.files.push(file)
    this.#reporter.finished(file)
  }

  /** Resolves when all that is followed is over. */
  async over(): Promise<void> {
    await Promise.all(this.#ends)
  }
}

/**
 * Opens an uploader, lets `begin` say which uploads go on, and shows how they do until they are
 * over. One that fails does not stop the others.
 *
 * @param countOf how many files there will be.
 */
export async function runUploads(
  request: RunRequest,
  io: Io,
  connect: Connect,
  countOf: (uploader: Uploader<string>) => number,
  begin: (session: Session) => Promise<void>,
): Promise<UploadReport> {
  const { config, concurrency, stateDir, json } = request
  const startedAt = io.now()
  const problems = new ProblemLog()
  const uploader = await connect({ config, concurrency, stateDir }, problems.add)
  const share = new OwnShare(uploader)
  const reporter = createReporter(io, {
    json,
    count: countOf(uploader),
    total: () => share.getSnapshot(),
  })
  problems.tellTo((error) => reporter.problem(error))
  const stop = stopOnSignal(io, uploader, reporter, stateDir === undefined ? 'cancel' : 'pause')
  const session = new Session(uploader, share, reporter, stop)
  try {
    await begin(session)
    await session.over()
  } finally {
    // What goes wrong from here on is told at the end.
    problems.tellTo(() => {})
    reporter.stop()
    await uploader.close()
    stop.forget()
  }
  const { files } = session
  const summary = summarize(
    files.map(({ snapshot }) => snapshot),
    { seconds: Math.round(io.now() - startedAt) / 1000, interruptedBy: stop.signal() },
  )
  reporter.summary(summary)
  const failures = files
    .filter(({ snapshot }) => snapshot.status === 'failed')
    .map(({ path, snapshot }) => ({ path, error: snapshot.error }))
  io.stderr.write(describeFailures(failures) + problems.describe())
  if (stateDir !== undefined && files.some(({ snapshot }) => canGoOn(snapshot))) {
    io.stderr.write(howToResume(stateDir))
  }
  return { files, summary }
}

function canGoOn({ id, status }: UploadSnapshot): boolean {
  return id !== '' && (status === 'paused' || status === 'failed')
}

function asFailed(snapshot: UploadSnapshot, error: UploadError): UploadSnapshot {
  return { ...asPaused(snapshot), status: 'failed', error }
}

function asPaused(snapshot: UploadSnapshot): UploadSnapshot {
  return {
    ...snapshot,
    status: 'paused',
    partsInFlight: 0,
    speed: 0,
    eta: undefined,
    waitingFor: undefined,
  }
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
