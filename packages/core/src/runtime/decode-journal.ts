import { restoreUpload } from '../machine/restore.ts'
import type { UploadRecord } from '../machine/upload-record.ts'
import type { UploadState } from '../machine/upload-state.ts'
import { decodeUpload } from './decode-upload.ts'

/** What a journal held. Whatever is set aside stays there as it is, and so do its parts. */
export interface RestoredJournal {
  /** As they go on, in the order in which they were added. */
  readonly uploads: readonly UploadState[]
  /** Keys of records that make no sense. */
  readonly corrupt: readonly string[]
  /** Keys of records that a newer version wrote. */
  readonly newer: readonly string[]
  /** Keys of parts that no upload needs. */
  readonly orphans: readonly string[]
}

interface PartRecord {
  readonly key: string
  readonly generation: number
  readonly part: number
  readonly etag: string
}

export function decodeJournal(records: readonly (readonly [string, string])[]): RestoredJournal {
  const uploads: UploadState[] = []
  const corrupt: string[] = []
  const newer: string[] = []
  const orphans: string[] = []
  const parts = new Map<string, PartRecord[]>()
  for (const [key, etag] of records) {
    if (key.startsWith('u/')) continue
    const [, id = '', generation, part] = /^p\/([^/]+)\/(\d+)\/(\d+)$/.exec(key) ?? []
    if (part === undefined || etag === '') {
      corrupt.push(key)
      continue
    }
    const record = { key, generation: Number(generation), part: Number(part), etag }
    const others = parts.get(id)
    if (others === undefined) parts.set(id, [record])
    else others.push(record)
  }
  for (const [key, value] of records) {
    if (!key.startsWith('u/')) continue
    const id = key.slice(2)
    const own = parts.get(id) ?? []
    parts.delete(id)
    const upload = decodeUpload(id, value, own)
    if (upload === undefined) corrupt.push(key)
    else if (upload === 'newer') newer.push(key)
    else uploads.push(restore(upload, own, orphans))
  }
  for (const left of parts.values()) for (const { key } of left) orphans.push(key)
  uploads.sort((a, b) => a.file.order - b.file.order)
  return { uploads, corrupt, newer, orphans }
}

/** The upload with the parts of its present generation; the others go to the orphans. */
function restore(
  record: UploadRecord,
  parts: readonly PartRecord[],
  orphans: string[],
): UploadState {
  if (record.multipart === undefined) {
    // Of a multipart upload whose record failed to be written. Nothing may come to share its
    // generation: these ETags would pass for those of the new parts.
    let { generation } = record
    for (const part of parts) {
      orphans.push(part.key)
      generation = Math.max(generation, part.generation + 1)
    }
    return restoreUpload({ ...record, generation }, [])
  }
  const etags: (readonly [number, string])[] = []
  for (const { key, generation, part, etag } of parts) {
    if (generation === record.generation) etags.push([part, etag])
    else orphans.push(key)
  }
  return restoreUpload(record, etags)
}
