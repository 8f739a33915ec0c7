import type { StoreChange } from '@s3-bg-uploader/core'

/** What a durable record says of an upload. */
export interface RecordedUpload {
  readonly name: string
  readonly paused: boolean
  readonly outcome: string | undefined
  readonly generation: number
  readonly uploadId: string | undefined
  readonly key: string | undefined
  /** Multipart uploads that are to be aborted. */
  readonly abandonedIds: readonly string[]
  /** What its ref names, where the transport keeps files. */
  readonly keptId: number | undefined
}

/** Reads the journal's records as they become durable. */
export class JournalLedger {
  readonly uploads: Map<string, RecordedUpload> = new Map()
  /** Keys of part records, by upload. */
  readonly parts: Map<string, Set<string>> = new Map()
  /** Every multipart upload that a record ever named. */
  readonly named: Set<string> = new Set()
  /** Told when part records of one generation could be of either of two multipart uploads. */
  onAmbiguity: (id: string, generation: number) => void = () => {}
  /** The multipart upload of each generation, by `id/generation`. */
  readonly #generations = new Map<string, string>()

  note(batch: readonly StoreChange[]): void {
    for (const { key, value } of batch) {
      const [kind, id = ''] = key.split('/', 2)
      if (kind === 'u') {
        if (value === undefined) this.uploads.delete(id)
        else this.#noteUpload(id, readRecord(value))
      } else if (value === undefined) this.parts.get(id)?.delete(key)
      else {
        const parts = this.parts.get(id) ?? new Set()
        this.parts.set(id, parts.add(key))
      }
    }
  }

  #noteUpload(id: string, record: RecordedUpload): void {
    const { generation, uploadId, abandonedIds } = record
    this.uploads.set(id, record)
    for (const abandonedId of abandonedIds) this.named.add(abandonedId)
    if (uploadId === undefined) return
    this.named.add(uploadId)
    const name = `${id}/${generation}`
    const known = this.#generations.get(name)
    if (known !== undefined && known !== uploadId) this.onAmbiguity(id, generation)
    this.#generations.set(name, uploadId)
  }

  /** A record was damaged behind everybody's back. */
  lose(key: string): void {
    const [kind, id = ''] = key.split('/', 2)
    if (kind === 'u') this.uploads.delete(id)
    else this.parts.get(id)?.delete(key)
  }

  /** Parts of the present generation whose ETag the journal holds. */
  countParts(id: string): number {
    const generation = this.uploads.get(id)?.generation
    const prefix = `p/${id}/${generation}/`
    let count = 0
    for (const key of this.parts.get(id) ?? []) if (key.startsWith(prefix)) count += 1
    return count
  }

  /** Whether the journal holds the ETag of this part of this multipart upload. */
  holdsPart(id: string | undefined, uploadId: string, part: number): boolean {
    if (id === undefined) return false
    const record = this.uploads.get(id)
    if (record?.uploadId !== uploadId) return false
    return this.parts.get(id)?.has(`p/${id}/${record.generation}/${part}`) ?? false
  }
}

function readRecord(value: string): RecordedUpload {
  const record = JSON.parse(value) as {
    readonly name: string
    readonly paused: boolean
    readonly outcome?: string
    readonly generation: number
    readonly multipart?: { readonly uploadId: string; readonly key: string }
    readonly abandoned: readonly { readonly uploadId: string }[]
    readonly ref?: string
  }
  const { name, paused, outcome, generation, multipart, abandoned, ref } = record
  const { uploadId, key } = multipart ?? {}
  const keptId = ref === undefined ? undefined : (JSON.parse(ref) as { kept?: number }).kept
  const abandonedIds = abandoned.map(({ uploadId }) => uploadId)
  return { name, paused, outcome, generation, uploadId, key, abandonedIds, keptId }
}
