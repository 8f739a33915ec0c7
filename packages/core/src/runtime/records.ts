import { recordOf, type UploadRecord } from '../machine/upload-record.ts'
import type { UploadState } from '../machine/upload-state.ts'
import type { StoreChange } from '../ports.ts'

/**
 * The journal's records: one of an upload under `u/{id}`, and one of a confirmed part under
 * `p/{id}/{generation}/{part}` whose value is the ETag. A part record is written once and is as
 * small for the last part as for the first.
 */
export function uploadKey(id: string): string {
  return `u/${id}`
}

export function partKey(id: string, generation: number, part: number): string {
  return `p/${id}/${generation}/${part}`
}

/** The version in which records are written. */
export const RECORD_VERSION = 2

/** Spelt out: spreads of so many fields cost more than the text. */
export function encodeUpload(record: UploadRecord): string {
  const { file } = record
  return JSON.stringify({
    v: RECORD_VERSION,
    order: file.order,
    name: file.name,
    size: file.size,
    lastModified: file.lastModified,
    transferId: file.transferId,
    userParams: file.userParams,
    ref: file.ref,
    createdAt: file.createdAt,
    outcome: record.outcome,
    failedWith: record.failedWith,
    paused: record.paused,
    generation: record.generation,
    restarts: record.restarts,
    hash: record.hash,
    completeLost: record.completeLost,
    key: record.key,
    parts: record.parts,
    multipart: record.multipart,
    abandoned: record.abandoned,
  })
}

/** Writes the record of an upload as it is now. */
export function uploadChange(state: UploadState): StoreChange {
  return { key: uploadKey(state.file.id), value: encodeUpload(recordOf(state)) }
}

/** Takes back the records of parts 1 to `parts`. */
export function partDeletions(id: string, generation: number, parts: number): StoreChange[] {
  return Array.from({ length: parts }, (_, index) => ({ key: partKey(id, generation, index + 1) }))
}
