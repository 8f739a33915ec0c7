import {
  createUploader,
  type Upload,
  UploadError,
  type Uploader,
  type UploaderConfig,
} from '@s3-bg-uploader/core'
import { S3BgUploaderDuplicateFileError, S3BgUploaderResumeError } from './errors.ts'
import { harmless, hostTimer, reportToConsole } from './host.ts'
import { Notification } from './notification.ts'
import { NOTHING, Session } from './session.ts'
import type {
  AggregateProgress,
  ProgressCallback,
  S3BgUploader,
  S3BgUploaderOptions,
  UploadProgress,
} from './types.ts'

/**
 * The API of react-native-s3-bg-uploader over `createUploader`. Files need not be provided again
 * after a restart of the app: what was on its way goes on by itself.
 */
export function createS3BgUploader(options: S3BgUploaderOptions): S3BgUploader {
  return new DropIn(options)
}

class DropIn implements S3BgUploader {
  readonly ready: Promise<void>
  readonly #opening: Promise<Uploader<string>>
  readonly #notification: Notification
  readonly #report: (error: UploadError) => void
  /** Added in this run of the app: to add them once more is a mistake. */
  readonly #provided = new Set<string>()
  readonly #watched = new Map<string, () => void>()
  readonly #stopListening: () => void
  #session: Session | undefined
  #config: UploaderConfig | undefined
  #configError: unknown
  #callback: ProgressCallback | null = null
  #inBackground: boolean
  /** What is added begins at once. */
  #running = false

  constructor(options: S3BgUploaderOptions) {
    const { transport, store, appState, notify, platform } = options
    this.#report = harmless(options.onProblem ?? reportToConsole)
    this.#inBackground = appState?.currentState === 'background'
    const events = appState?.addEventListener('change', (state) => {
      this.#inBackground = state === 'background'
    })
    this.#stopListening = () => events?.remove()
    this.#notification = new Notification({
      setTimer: platform?.clock?.setTimer ?? hostTimer,
      session: () => this.getAggregateProgress(),
      notify,
      onProblem: this.#report,
    })
    this.#opening = createUploader({
      transport,
      store,
      onProblem: this.#report,
      ...(platform !== undefined && { platform }),
    })
    this.ready = this.#opening.then((uploader) => this.#restored(uploader))
    this.ready.catch(this.#report)
  }

  setConfig(startUploadApi: string, getUploadUrlsApi: string, completeApi: string): void {
    this.#config = { startUploadApi, getUploadUrlsApi, completeApi }
    this.#whenReady(({ uploader }) => this.#configure(uploader))
  }

  async uploadFile(
    filePath: string,
    transferId: string,
    userParams?: Readonly<Record<string, string>>,
  ): Promise<string> {
    const session = await this.#readySession()
    if (!session.isRunning()) this.#running = false
    const paused = !this.#running
    const upload = await session.uploader.uploadFile(filePath, { transferId, userParams, paused })
    // Resumed or paused in the meantime.
    if (this.#running) upload.resume()
    else upload.pause()
    const { name, status } = upload.getSnapshot()
    if (this.#provided.has(upload.id) && status !== 'completed') {
      throw new S3BgUploaderDuplicateFileError(name)
    }
    this.#provided.add(upload.id)
    this.#watch(session, upload)
    this.#tell(session, session.progressOf(upload))
    return upload.id
  }

  async resume(): Promise<void> {
    const session = await this.#readySession()
    if (this.#config === undefined) {
      throw new UploadError('config_missing', 'There is no configuration yet')
    }
    this.#running = true
    const gone = session.gone()
    for (const upload of session.failed()) upload.retry()
    session.uploader.resume()
    if (gone.length > 0) throw new S3BgUploaderResumeError(gone)
  }

  pause(): void {
    this.#running = false
    this.#whenReady(({ uploader }) => uploader.pause())
  }

  cancelFile(fileHash: string): void {
    this.#whenReady((session) => {
      this.#cancel(
        session,
        session.files().filter(({ id }) => id === fileHash),
      )
    })
  }

  cancelTransfer(transferId: string): void {
    this.#whenReady((session) => this.#cancel(session, session.files(transferId)))
  }

  cancel(): void {
    this.#running = false
    this.#whenReady((session) => this.#cancel(session, session.files()))
  }

  setProgressCallback(callback: ProgressCallback | null): void {
    this.#callback = callback
  }

  getProgress(transferId?: string, fileHash?: string): UploadProgress[] {
    return this.#session?.progress(transferId, fileHash) ?? []
  }

  getAggregateProgress(transferId?: string): AggregateProgress {
    if (this.#session === undefined) return NOTHING
    return transferId === undefined ? this.#session.ofAll() : this.#session.ofTransfer(transferId)
  }

  setTaskTitle(title: string): void {
    this.#notification.title = title
    this.#whenReady(() => this.#notification.refresh())
  }

  setTaskSubtitle(subtitle: string): void {
    this.#notification.subtitle = subtitle
    this.#whenReady(() => this.#notification.refresh())
  }

  async close(): Promise<void> {
    this.#stopListening()
    const uploader = await this.#opening.catch(() => {
      // Whoever waits for `ready` knows why, and there is nothing to close.
    })
    this.#notification.close()
    await uploader?.close()
  }

  #restored(uploader: Uploader<string>): void {
    this.#configure(uploader)
    const session = new Session(uploader, () => this.#inBackground)
    this.#session = session
    this.#running = session.isRunning()
    uploader.subscribe(() => this.#notification.refresh())
    for (const upload of session.files()) {
      this.#watch(session, upload)
      this.#tell(session, session.progressOf(upload))
    }
  }

  #configure(uploader: Uploader<string>): void {
    if (this.#config === undefined) return
    this.#configError = undefined
    try {
      uploader.setConfig(this.#config)
    } catch (error) {
      // Thrown where somebody can wait for it.
      this.#configError = error
    }
  }

  async #readySession(): Promise<Session> {
    await this.ready
    if (this.#configError !== undefined) throw this.#configError
    if (this.#session === undefined) throw new UploadError('internal', 'Ready without a session')
    return this.#session
  }

  #whenReady(work: (session: Session) => void): void {
    if (this.#session !== undefined) return work(this.#session)
    const working = this.ready.then(() => this.#session !== undefined && work(this.#session))
    working.catch(() => {
      // Why it never became ready was reported.
    })
  }

  #watch(session: Session, upload: Upload): void {
    if (this.#watched.has(upload.id)) return
    const tell = (): void => this.#tell(session, session.progressOf(upload))
    this.#watched.set(upload.id, upload.subscribe(tell))
  }

  #tell(session: Session, file: UploadProgress): void {
    try {
      this.#callback?.(file, session.ofAll(), session.ofTransfer(file.transferId))
    } catch (cause) {
      const hint =
        'Uploads go on. Look at the cause: it was thrown by the function that was given to setProgressCallback.'
      this.#report(new UploadError('internal', 'The progress callback threw', { cause, hint }))
    }
  }

  #cancel(session: Session, uploads: readonly Upload[]): void {
    for (const upload of uploads) {
      this.#watched.get(upload.id)?.()
      this.#watched.delete(upload.id)
      this.#provided.delete(upload.id)
      const last = session.progressOf(upload)
      upload.forget()
      this.#tell(session, { ...last, state: 'CANCELLED' })
    }
  }
}
