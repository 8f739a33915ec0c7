import type { AggregateSnapshot, Transfer, Upload } from '@s3-bg-uploader/core'
import { Listeners } from './listeners.ts'
import type { GroupVerb } from './messages.ts'

const NOTHING: AggregateSnapshot = {
  uploads: 0,
  byStatus: {
    queued: 0,
    hashing: 0,
    starting: 0,
    uploading: 0,
    completing: 0,
    completed: 0,
    paused: 0,
    failed: 0,
    cancelled: 0,
  },
  totalBytes: 0,
  sentBytes: 0,
  percentage: 0,
  speed: 0,
  eta: undefined,
  slots: 0,
}

/** A transfer, or all uploads, as the leader showed them last. */
export class MirrorGroup implements Transfer {
  readonly transferId: string
  members: Upload[] = []
  readonly #command: (verb: GroupVerb) => Promise<void>
  readonly #listeners: Listeners
  #snapshot = NOTHING

  constructor(
    transferId: string,
    command: (verb: GroupVerb) => Promise<void>,
    report: (cause: unknown) => void,
  ) {
    this.transferId = transferId
    this.#command = command
    this.#listeners = new Listeners(report)
  }

  uploads(): readonly Upload[] {
    return [...this.members]
  }

  getSnapshot = (): AggregateSnapshot => this.#snapshot

  subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)

  pause(): void {
    void this.#command('pause')
  }

  resume(): void {
    void this.#command('resume')
  }

  cancel(): void {
    void this.#command('cancel')
  }

  /** Undefined of a group that has no uploads any more. */
  show(snapshot: AggregateSnapshot | undefined): void {
    this.#snapshot = snapshot ?? NOTHING
  }

  notify(): void {
    this.#listeners.notify()
  }
}
