import type { UploadRecord } from '../machine/upload-record.ts'

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

export function encodeUpload(record: UploadRecord): string {
  const { id: _, ...file } = record.file
  return JSON.stringify({ v: RECORD_VERSION, ...file, ...record, file: undefined })
}
