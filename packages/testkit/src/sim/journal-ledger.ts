import type { StoreChange } from '@s3-bg-uploader/core'

/** What a durable record says of an upload. */
export interface RecordedUpload {
  readonly name: string
  readonly paused: boolean
  readonly outcome: string | undefined
  readonly generation: number
  readonly uploadId: string | undefined
  /** Complete may have been sent. */
  readonly completeLost: boolean
  readonly key: string | undefined
  /** Multipart uploads that are to be aborted. */
  readonly abandonedIds: readonly string[]
  /** What its ref names, where the transport keeps files. */
  readonly keptId: number | undefined
}

/** Reads the journal's records as they become durable. */
export class JournalLedger {
  readonly uploads: Map<string, RecordedUpload> = new Map()
  /** The numbers of the parts that have a record, by `id/generation`. */
  readonly #parts = new Map<string, Set<string>>()
  /** Every multipart upload that a record ever named, and the id of that record. */
  readonly named: Map<string, string> = new Map()
  /** Told when part records of one generation could be of either of two multipart uploads. */
  onAmbiguity: (id: string, generation: number) => void = () => {}
  /** The multipart upload of each generation, by `id/generation`. */
  readonly #generations = new Map<string, string>()

  note(batch: readonly StoreChange[]): void {
    for (const { key, value } of batch) {
      if (value === undefined) this.lose(key)
      else if (key.startsWith('u/')) this.#noteUpload(key.slice(2), readRecord(value))
      else this.#notePart(key)
    }
  }

  #notePart(key: string): void {
    const { generation, part } = readPartKey(key)
    const parts = this.#parts.get(generation) ?? new Set()
    this.#parts.set(generation, parts.add(part))
  }

  #noteUpload(id: string, record: RecordedUpload): void {
    const { generation, uploadId, abandonedIds } = record
    this.uploads.set(id, record)
    for (const abandonedId of abandonedIds) this.named.set(abandonedId, id)
    if (uploadId === undefined) return
    this.named.set(uploadId, id)
    const name = `${id}/${generation}`
    const known = this.#generations.get(name)
    if (known !== undefined && known !== uploadId) this.onAmbiguity(id, generation)
    this.#generations.set(name, uploadId)
  }

  /** A record is gone, be it by a write or because it was damaged behind everybody's back. */
  lose(key: string): void {
    if (key.startsWith('u/')) this.uploads.delete(key.slice(2))
    else {
      const { generation, part } = readPartKey(key)
      this.#parts.get(generation)?.delete(part)
    }
  }

  recordOf(id: string | undefined): RecordedUpload | undefined {
    return id === undefined ? undefined : this.uploads.get(id)
  }

  /** Parts of the present generation whose ETag the journal holds. */
  countParts(id: string): number {
    return this.#parts.get(`${id}/${this.uploads.get(id)?.generation}`)?.size ?? 0
  }

  /** Whether the journal holds the ETag of this part of this multipart upload. */
  holdsPart(id: string | undefined, uploadId: string, part: number): boolean {
    if (id === undefined) return false
    const record = this.uploads.get(id)
    if (record?.uploadId !== uploadId) return false
    return this.#parts.get(`${id}/${record.generation}`)?.has(String(part)) ?? false
  }
}

/** Of `p/{id}/{generation}/{part}`. */
function readPartKey(key: string): { readonly generation: string; readonly part: string } {
  const slash = key.lastIndexOf('/')
  return { generation: key.slice('p/'.length, slash), part: key.slice(slash + 1) }
}

function readRecord(value: string): RecordedUpload {
  const record = JSON.parse(value) as {
    readonly name: string
    readonly paused: boolean
    readonly outcome?: string
    readonly generation: number
    readonly multipart?: { readonly uploadId: string; readonly key: string }
    readonly completeLost: boolean
    readonly abandoned: readonly { readonly uploadId: string }[]
    readonly ref?: string
  }
  const { name, paused, outcome, generation, completeLost, multipart, abandoned, ref } = record
  const { uploadId, key } = multipart ?? {}
  const [, kept] = /"kept":(\d+)/.exec(ref ?? '') ?? []
  const keptId = kept === undefined ? undefined : Number(kept)
  const abandonedIds = abandoned.map(({ uploadId }) => uploadId)
  const facts = { name, paused, outcome, generation, completeLost }
  return { ...facts, uploadId, key, abandonedIds, keptId }
}
