import type {
  AggregateSnapshot,
  PartSnapshot,
  Transfer,
  Upload,
  Uploader,
  UploadFileOptions,
  UploadSnapshot,
  UploadStatus,
} from '@s3-bg-uploader/core'
import { UploadError } from '@s3-bg-uploader/core'

const QUEUED: UploadSnapshot = {
  id: '',
  name: '',
  transferId: undefined,
  status: 'queued',
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
  error: undefined,
  key: undefined,
  fileHash: undefined,
}

export function snapshot(changes: Partial<UploadSnapshot>): UploadSnapshot {
  return { ...QUEUED, ...changes }
}

/** An upload that does what the test tells it to. */
export class FakeUpload implements Upload {
  readonly id: string
  readonly done: Promise<UploadSnapshot>
  readonly #listeners = new Set<() => void>()
  readonly #settle: { resolve: (snapshot: UploadSnapshot) => void; reject: (e: unknown) => void }
  #snapshot: UploadSnapshot

  constructor(initial: UploadSnapshot) {
    this.id = initial.id
    this.#snapshot = initial
    let settle = { resolve: (_: UploadSnapshot) => {}, reject: (_: unknown) => {} }
    this.done = new Promise((resolve, reject) => {
      settle = { resolve, reject }
    })
    this.done.catch(() => {})
    this.#settle = settle
  }

  getSnapshot(): UploadSnapshot {
    return this.#snapshot
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(changes: Partial<UploadSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes }
    for (const listener of this.#listeners) listener()
    const { status, error } = this.#snapshot
    if (status === 'completed') this.#settle.resolve(this.#snapshot)
    if (status === 'failed') this.#settle.reject(error)
    if (status === 'cancelled') this.#settle.reject(new UploadError('cancelled', 'Cancelled'))
  }

  complete(): void {
    const { totalBytes } = this.#snapshot
    this.set({ status: 'completed', sentBytes: totalBytes, percentage: 100, key: `k/${this.id}` })
  }

  fail(error: UploadError): void {
    this.set({ status: 'failed', error })
  }

  pause(): void {}
  resume(): void {}
  retry(): void {}
  parts(): readonly PartSnapshot[] {
    return []
  }

  forget(): void {}

  cancel(): void {
    if (!isOver(this.#snapshot.status)) this.set({ status: 'cancelled', speed: 0 })
  }
}

function isOver(status: UploadStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

export interface FakeUploaderOptions {
  /** What happens to a file as soon as it is added; throws what uploadFile shall reject with. */
  readonly onAdded?: (upload: FakeUpload, path: string) => void
  /** Bytes. */
  readonly size?: number
}

export class FakeUploader implements Uploader<string> {
  readonly all: FakeUpload[] = []
  readonly added: { readonly path: string; readonly options: UploadFileOptions }[] = []
  closed = false
  readonly #options: FakeUploaderOptions

  constructor(options: FakeUploaderOptions = {}) {
    this.#options = options
  }

  async uploadFile(path: string, options: UploadFileOptions = {}): Promise<FakeUpload> {
    this.added.push({ path, options })
    const name = path.replace(/.*\//, '')
    const { size = 1000 } = this.#options
    const upload = new FakeUpload(
      snapshot({
        id: `u${this.all.length + 1}`,
        name,
        transferId: options.transferId,
        totalBytes: size,
      }),
    )
    // What happens, happens after the caller has the upload; a throw refuses the file.
    const happen = this.#options.onAdded
    if (name.startsWith('missing')) {
      throw new UploadError('file_not_found', `There is no file at ${path}`)
    }
    this.all.push(upload)
    setImmediate(() => happen?.(upload, path))
    return upload
  }

  setConfig(): void {}
  uploads(): readonly FakeUpload[] {
    return this.all
  }
  transfer(transferId: string): Transfer {
    throw new Error(`No transfer ${transferId} in this fake`)
  }
  pause(): void {}
  resume(): void {}
  prune(): void {}
  cancel(): void {
    for (const upload of this.all) upload.cancel()
  }
  async close(): Promise<void> {
    this.closed = true
  }
  subscribe(): () => void {
    return () => {}
  }
  getSnapshot(): AggregateSnapshot {
    const snapshots = this.all.map((upload) => upload.getSnapshot())
    const sum = (of: (one: UploadSnapshot) => number): number =>
      snapshots.reduce((total, one) => total + of(one), 0)
    const totalBytes = sum((one) => one.totalBytes)
    const sentBytes = sum((one) => one.sentBytes)
    const speed = sum((one) => one.speed)
    const byStatus: Record<UploadStatus, number> = {
      queued: 0,
      hashing: 0,
      starting: 0,
      uploading: 0,
      completing: 0,
      completed: 0,
      paused: 0,
      failed: 0,
      cancelled: 0,
    }
    for (const { status } of snapshots) byStatus[status] += 1
    return {
      uploads: snapshots.length,
      byStatus,
      totalBytes,
      sentBytes,
      percentage: totalBytes === 0 ? 0 : (sentBytes / totalBytes) * 100,
      speed,
      eta: speed > 0 ? (totalBytes - sentBytes) / speed : undefined,
      slots: 6,
    }
  }
}
