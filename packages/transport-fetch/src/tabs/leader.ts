import type {
  AggregateSnapshot,
  Upload,
  UploadError,
  Uploader,
  UploadSnapshot,
} from '@s3-bg-uploader/core'
import { keepAs } from '../journal/keep-id.ts'
import { unexpected } from './error-message.ts'
import type { Answer, Command, Request, View } from './messages.ts'

type LeaderAnswer = Answer<UploadError>

/** Runs the one uploader of all tabs: does what they ask, and shows what changes. */
export class Leader<TFile> {
  readonly #uploader: Uploader<TFile>
  readonly #show: (view: View<UploadSnapshot>) => void
  readonly #stopListening: () => void
  /** Of every tab, what it asked for and may ask for again. */
  readonly #answers = new Map<string, Map<number, Promise<LeaderAnswer>>>()
  /** What was shown last, in that order. */
  #uploads: readonly Upload[] = []
  readonly #shown = new Map<Upload, UploadSnapshot>()
  #all: AggregateSnapshot | undefined
  #ended = false

  /** @param show is handed all changes, some 20 times a second and after every command */
  constructor(uploader: Uploader<TFile>, show: (view: View<UploadSnapshot>) => void) {
    this.#uploader = uploader
    this.#show = show
    this.#stopListening = uploader.subscribe(() => this.#showChanges())
  }

  /** Shows the latest changes, and returns all there is. */
  look(): View<UploadSnapshot> {
    this.#showChanges()
    const snapshots = [...this.#shown.values()]
    return { ...this.#viewOf(snapshots, []), order: this.#uploads.map(({ id }) => id) }
  }

  /**
   * Does what a tab asks: once, however often it asks. What came of it was shown before. Never
   * rejects, and resolves no more after `end`: the next leader will be asked again.
   */
  answer(request: Request<TFile>): Promise<LeaderAnswer> {
    const { tab, number, oldest } = request
    const answers = this.#answers.get(tab) ?? new Map<number, Promise<LeaderAnswer>>()
    this.#answers.set(tab, answers)
    for (const other of answers.keys()) if (other < oldest) answers.delete(other)
    const answer = answers.get(number) ?? this.#execute(request)
    // Looking does no harm twice, and 10,000 parts of every look would stay for good with a tab that died.
    if (request.command.type !== 'listParts') answers.set(number, answer)
    return answer
  }

  end(): void {
    this.#ended = true
    this.#stopListening()
  }

  async #execute(request: Request<TFile>): Promise<LeaderAnswer> {
    let answer: LeaderAnswer
    try {
      const doing = this.#do(request)
      // What is done by now is shown by now, and in the tab that leads before its call returns.
      answer = doing instanceof Promise ? await doing : doing
      if (!this.#ended) this.#showChanges()
    } catch (error) {
      answer = { error: unexpected(error) }
    }
    // The uploader is being closed, and may have refused for that alone.
    return this.#ended ? new Promise(() => {}) : answer
  }

  #do(request: Request<TFile>): LeaderAnswer | Promise<LeaderAnswer> {
    const { command } = request
    switch (command.type) {
      case 'uploadFile':
        return this.#uploadFile(request, command)
      case 'listParts':
        return { parts: this.#find(command.id)?.parts() ?? [] }
      case 'all':
        this.#uploader[command.verb]()
        return {}
      case 'transfer':
        this.#uploader.transfer(command.transferId)[command.verb]()
        return {}
      case 'upload':
        // Another tab may have forgotten it just now.
        this.#find(command.id)?.[command.verb]()
        return {}
    }
  }

  async #uploadFile(
    { tab, number, again }: Request<TFile>,
    { file, options }: Extract<Command<TFile>, { type: 'uploadFile' }>,
  ): Promise<LeaderAnswer> {
    keepAs(file, `${tab}-${number}`)
    // What looks like a duplicate may be what an earlier leader made of the same request.
    const { id } = await this.#uploader.uploadFile(
      file,
      again ? { ...options, onDuplicate: 'join' } : options,
    )
    return { uploadId: id }
  }

  #find(id: string): Upload | undefined {
    return this.#uploader.uploads().find((upload) => upload.id === id)
  }

  #showChanges(): void {
    const before = this.#uploads
    const uploads = this.#uploader.uploads()
    const snapshots: UploadSnapshot[] = []
    const look = (upload: Upload): void => {
      const snapshot = upload.getSnapshot()
      if (this.#shown.get(upload) === snapshot) return
      this.#shown.set(upload, snapshot)
      snapshots.push(snapshot)
    }
    uploads.forEach(look)
    const present = new Set(uploads)
    const removed = before.filter((upload) => !present.has(upload))
    removed.forEach(look)
    const all = this.#uploader.getSnapshot()
    if (snapshots.length === 0 && removed.length === 0 && all === this.#all) return
    this.#all = all
    this.#uploads = uploads
    const view = this.#viewOf(snapshots, removed)
    for (const upload of removed) this.#shown.delete(upload)
    // A file that took long to open comes before those that were added after it.
    const known = before.filter((upload) => present.has(upload))
    const isAppended = known.every((upload, at) => upload === uploads[at])
    this.#show(isAppended ? view : { ...view, order: uploads.map(({ id }) => id) })
  }

  #viewOf(uploads: readonly UploadSnapshot[], removed: readonly Upload[]): View<UploadSnapshot> {
    const touched = [...uploads, ...removed.map((upload) => upload.getSnapshot())]
    const transferIds = new Set(touched.flatMap(({ transferId }) => transferId ?? []))
    return {
      all: this.#uploader.getSnapshot(),
      transfers: [...transferIds].map((id) => [id, this.#uploader.transfer(id).getSnapshot()]),
      uploads,
      removed: removed.map(({ id }) => id),
    }
  }
}
