import type { Upload, Uploader } from '@s3-bg-uploader/core'
import { aggregateOf, filesIn, progressOf } from './progress.ts'
import type { AggregateProgress, UploadProgress } from './types.ts'

/** Before anything is restored. */
export const NOTHING: AggregateProgress = {
  percentage: 0,
  totalSize: 0,
  uploadedSize: 0,
  totalTransfers: 0,
  completedTransfers: 0,
  totalFiles: 0,
  completedFiles: 0,
  state: 'NOT_STARTED',
}

/** What an uploader holds, in the words of the drop-in API. */
export class Session {
  readonly uploader: Uploader<string>
  readonly #inBackground: () => boolean
  readonly #transferIds = new Set<string>()

  constructor(uploader: Uploader<string>, inBackground: () => boolean) {
    this.uploader = uploader
    this.#inBackground = inBackground
  }

  /** Uploads that are not cancelled, in the order in which they were added. */
  files(transferId?: string): readonly Upload[] {
    const group = transferId === undefined ? this.uploader : this.uploader.transfer(transferId)
    return group.uploads().filter((upload) => upload.getSnapshot().status !== 'cancelled')
  }

  failed(): readonly Upload[] {
    return this.files().filter((upload) => upload.getSnapshot().status === 'failed')
  }

  /** Names of the files that were not where they should be. */
  gone(): readonly string[] {
    const snapshots = this.files().map((upload) => upload.getSnapshot())
    return snapshots.flatMap(({ name, waitingFor }) =>
      waitingFor?.reason === 'file' ? [name] : [],
    )
  }

  progressOf(upload: Upload): UploadProgress {
    const progress = progressOf(upload.getSnapshot())
    this.#transferIds.add(progress.transferId)
    return progress
  }

  progress(transferId?: string, fileHash?: string): UploadProgress[] {
    const files = this.files(transferId)
    const chosen = fileHash === undefined ? files : files.filter(({ id }) => id === fileHash)
    return chosen.map((upload) => this.progressOf(upload))
  }

  ofTransfer(transferId: string): AggregateProgress {
    return aggregateOf(this.uploader.transfer(transferId).getSnapshot(), {
      inBackground: this.#inBackground(),
      wasStarted: () => this.#wasStarted(transferId),
    })
  }

  ofAll(): AggregateProgress {
    const transfers = [...this.#transferIds]
      .map((id) => this.uploader.transfer(id).getSnapshot())
      .filter((transfer) => filesIn(transfer) > 0)
    const completed = transfers.filter((one) => one.byStatus.completed === filesIn(one))
    const all = aggregateOf(this.uploader.getSnapshot(), {
      inBackground: this.#inBackground(),
      wasStarted: () => this.#wasStarted(),
    })
    return { ...all, totalTransfers: transfers.length, completedTransfers: completed.length }
  }

  /** Something is on its way or waits for its turn. */
  isRunning(): boolean {
    const { state } = this.ofAll()
    return state === 'RUNNING' || state === 'RUNNING_IN_BG'
  }

  #wasStarted(transferId?: string): boolean {
    return this.files(transferId).some((upload) => this.progressOf(upload).state === 'PAUSED')
  }
}
