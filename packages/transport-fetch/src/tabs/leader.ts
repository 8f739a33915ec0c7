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

interface Watched {
  readonly upload: Upload
  readonly stop: () => void
  /** What was shown last. */
  shown: UploadSnapshot | undefined
}

type LeaderAnswer = Answer<UploadError>

/** Runs the one uploader of all tabs: does what they ask, and shows what changes. */
export class Leader<TFile> {
  readonly #uploader: Uploader<TFile>
  readonly #show: (view: View<UploadSnapshot>) => void
  readonly #stopListening: () => void
  /** In the order in which they were shown. */
  #watched = new Map<string, Watched>()
  readonly #changed = new Set<Watched>()
  /** Of every tab, what it asked for and may ask for again. */
  readonly #answers = new Map<string, Map<number, Promise<LeaderAnswer>>>()
  #uploads: readonly Upload[] = []
  #all: AggregateSnapshot | undefined
  #willShow = false
  #ended = false

  /** @param show is handed all changes, some 20 times a second and after every command */
  constructor(uploader: Uploader<TFile>, show: (view: View<UploadSnapshot>) => void) {
    this.#uploader = uploader
    this.#show = show
    this.#stopListening = uploader.subscribe(() => this.#showSoon())
  }

  /** Shows the latest changes, and returns all there is. */
  look(): View<UploadSnapshot> {
    // Also what the uploader has not told yet: it tells of many changes together.
    for (const watched of this.#watched.values()) this.#note(watched)
    this.#showChanges()
    const order = this.#uploads.map(({ id }) => id)
    return { ...this.#viewOf([...this.#watched.values()], []), order }
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
    answers.set(number, answer)
    return answer
  }

  end(): void {
    this.#ended = true
    this.#stopListening()
    for (const { stop } of this.#watched.values()) stop()
  }

  async #execute(request: Request<TFile>): Promise<LeaderAnswer> {
    let answer: LeaderAnswer
    try {
      answer = await this.#run(request)
    } catch (error) {
      answer = { error: unexpected(error) }
    }
    // The uploader is being closed, and may have refused for that alone.
    return this.#ended ? new Promise(() => {}) : answer
  }

  #run(request: Request<TFile>): LeaderAnswer | Promise<LeaderAnswer> {
    const { command } = request
    switch (command.type) {
      case 'uploadFile':
        return this.#uploadFile(request, command)
      case 'listParts':
        return { parts: this.#watched.get(command.id)?.upload.parts() ?? [] }
      case 'all':
        return this.#showAfter(this.#uploader.uploads(), () => this.#uploader[command.verb]())
      case 'transfer': {
        const transfer = this.#uploader.transfer(command.transferId)
        return this.#showAfter(transfer.uploads(), () => transfer[command.verb]())
      }
      case 'upload': {
        // Nothing is there any more when another tab forgot it just now.
        const upload = this.#watched.get(command.id)?.upload
        return this.#showAfter(upload ? [upload] : [], () => upload?.[command.verb]())
      }
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
    if (!this.#ended) this.#showChanges()
    return { uploadId: id }
  }

  #showAfter(uploads: readonly Upload[], work: () => void): LeaderAnswer {
    work()
    for (const { id } of uploads) this.#note(this.#watched.get(id))
    this.#showChanges()
    return {}
  }

  #note(watched: Watched | undefined): void {
    if (watched !== undefined) this.#changed.add(watched)
  }

  #showSoon(): void {
    if (this.#willShow) return
    this.#willShow = true
    // Notifications come in rounds: what one round tells is shown together.
    queueMicrotask(() => {
      this.#willShow = false
      if (!this.#ended) this.#showChanges()
    })
  }

  #showChanges(): void {
    const { removed, order } = this.#takeList()
    const changed = [...this.#changed].filter(({ upload, shown }) => upload.getSnapshot() !== shown)
    this.#changed.clear()
    const all = this.#uploader.getSnapshot()
    if (changed.length === 0 && removed.length === 0 && all === this.#all) return
    this.#all = all
    const view = this.#viewOf(changed, removed)
    this.#show(order === undefined ? view : { ...view, order })
  }

  /** Takes in which uploads there are now. */
  #takeList(): { readonly removed: readonly Watched[]; readonly order?: readonly string[] } {
    const before = this.#uploads
    const uploads = this.#uploader.uploads()
    if (uploads.length === before.length && uploads.every((upload, at) => upload === before[at])) {
      return { removed: [] }
    }
    this.#uploads = uploads
    const present = new Set(uploads)
    const removed = [...this.#watched.values()].filter(({ upload }) => !present.has(upload))
    for (const watched of removed) {
      this.#note(watched)
      watched.stop()
      this.#watched.delete(watched.upload.id)
    }
    for (const upload of uploads) if (!this.#watched.has(upload.id)) this.#watch(upload)
    const shown = [...this.#watched.values()]
    if (uploads.every((upload, at) => upload === shown[at]?.upload)) return { removed }
    // A file that took long to open comes before those that were added after it.
    const place = new Map(uploads.map((upload, at) => [upload, at]))
    shown.sort((a, b) => (place.get(a.upload) ?? 0) - (place.get(b.upload) ?? 0))
    this.#watched = new Map(shown.map((watched) => [watched.upload.id, watched]))
    return { removed, order: uploads.map(({ id }) => id) }
  }

  #watch(upload: Upload): void {
    const watched: Watched = {
      upload,
      shown: undefined,
      stop: upload.subscribe(() => {
        this.#note(watched)
        this.#showSoon()
      }),
    }
    this.#watched.set(upload.id, watched)
    this.#note(watched)
  }

  #viewOf(watched: readonly Watched[], removed: readonly Watched[]): View<UploadSnapshot> {
    const transferIds = new Set<string>()
    const uploads = watched.map((one) => {
      one.shown = one.upload.getSnapshot()
      return one.shown
    })
    for (const { shown } of [...watched, ...removed]) {
      if (shown?.transferId !== undefined) transferIds.add(shown.transferId)
    }
    return {
      all: this.#uploader.getSnapshot(),
      transfers: [...transferIds].map((id) => [id, this.#uploader.transfer(id).getSnapshot()]),
      uploads,
      removed: removed.map(({ upload }) => upload.id),
    }
  }
}
