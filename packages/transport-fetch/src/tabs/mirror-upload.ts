import {
  type PartSnapshot,
  type Upload,
  UploadError,
  type UploadSnapshot,
} from '@s3-bg-uploader/core'
import { Deferred } from './deferred.ts'
import { Listeners } from './listeners.ts'
import type { UploadVerb } from './messages.ts'
import { samePartsKept } from './same-parts.ts'

/** What an upload asks of the leader. */
export interface UploadCommands {
  /** Resolves once the leader has done it and shown what came of it, or never will. */
  command(id: string, verb: UploadVerb): Promise<void>
  /** @throws UploadError `closed`. */
  listParts(id: string): Promise<readonly PartSnapshot[]>
  /** A listener threw. */
  report(cause: unknown): void
}

const NO_PARTS: readonly PartSnapshot[] = []

/** One upload, as the leader showed it last. The same object whoever leads. */
export class MirrorUpload implements Upload {
  readonly id: string
  readonly #commands: UploadCommands
  readonly #listeners: Listeners
  #snapshot: UploadSnapshot
  #done: Deferred<UploadSnapshot> | undefined
  #settled = false
  #closed: UploadError | undefined
  /** While the leader has not heard of a retry(), the failure that is shown is the old one. */
  #retrying = 0
  #parts = NO_PARTS
  #partsOf: UploadSnapshot | undefined
  #listing = false

  constructor(snapshot: UploadSnapshot, commands: UploadCommands) {
    this.id = snapshot.id
    this.#snapshot = snapshot
    this.#commands = commands
    this.#listeners = new Listeners((cause) => commands.report(cause))
  }

  get done(): Promise<UploadSnapshot> {
    if (this.#done === undefined) {
      this.#done = new Deferred()
      this.#settle()
      if (this.#closed !== undefined) this.#done.reject(this.#closed)
    }
    return this.#done.promise
  }

  getSnapshot = (): UploadSnapshot => this.#snapshot

  subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)

  parts = (): readonly PartSnapshot[] => {
    const { status, totalParts } = this.#snapshot
    if (totalParts === 0 || status === 'completed' || status === 'cancelled') return NO_PARTS
    // The leader does not send thousands of parts to tabs that draw none.
    if (this.#partsOf !== this.#snapshot && !this.#listing) this.#listParts()
    return this.#parts
  }

  pause(): void {
    void this.#commands.command(this.id, 'pause')
  }

  resume(): void {
    void this.#commands.command(this.id, 'resume')
  }

  cancel(): void {
    void this.#commands.command(this.id, 'cancel')
  }

  retry(): void {
    this.#retrying += 1
    if (this.#snapshot.status === 'failed') this.#awaitAnew()
    const heard = (): void => {
      this.#retrying -= 1
      this.#settle()
    }
    this.#commands.command(this.id, 'retry').then(heard, heard)
  }

  forget(): void {
    void this.#commands.command(this.id, 'forget')
  }

  show(snapshot: UploadSnapshot): void {
    const before = this.#snapshot
    const error = sameError(snapshot.error, before.error)
    this.#snapshot = error === snapshot.error ? snapshot : { ...snapshot, error }
    if (!isOver(snapshot) && this.#settled) this.#awaitAnew()
    this.#settle()
  }

  /** It was forgotten while this tab could not hear of it. */
  lose(): void {
    if (isOver(this.#snapshot)) return
    this.show({ ...this.#snapshot, status: 'cancelled', waitingFor: undefined })
  }

  notify(): void {
    this.#listeners.notify()
  }

  close(error: UploadError): void {
    this.#closed = error
    this.#done?.reject(error)
  }

  /** After retry() there is something new to wait for. */
  #awaitAnew(): void {
    this.#done = undefined
    this.#settled = false
  }

  #settle(): void {
    const { status, error, name } = this.#snapshot
    if (this.#done === undefined || !isOver(this.#snapshot)) return
    if (status === 'failed' && this.#retrying > 0) return
    this.#settled = true
    if (status === 'completed') this.#done.resolve(this.#snapshot)
    else
      this.#done.reject(
        error ?? new UploadError('cancelled', `The upload of ${name} was cancelled`),
      )
  }

  #listParts(): void {
    const asOf = this.#snapshot
    this.#listing = true
    const listed = (parts: readonly PartSnapshot[]): void => {
      this.#listing = false
      this.#partsOf = asOf
      const before = this.#parts
      this.#parts = samePartsKept(before, parts)
      if (this.#parts !== before || this.#snapshot !== asOf) this.notify()
    }
    this.#commands.listParts(this.id).then(listed, () => listed(NO_PARTS))
  }
}

function isOver({ status }: UploadSnapshot): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** The same object as before for the same failure, so that people can compare. */
function sameError(
  error: UploadError | undefined,
  before: UploadError | undefined,
): UploadError | undefined {
  const isSame = error?.code === before?.code && error?.message === before?.message
  return isSame ? before : error
}
