import { emptyTable, listValues, type PartTable, valueAt, withValue } from './part-table.ts'

/** ETags by part number. */
export type EtagTable = PartTable<string>

export const emptyEtags: EtagTable = emptyTable

export function etagOf(table: EtagTable, part: number): string | undefined {
  return valueAt(table, part)
}

export function withEtag(table: EtagTable, part: number, etag: string): EtagTable {
  return withValue(table, part, etag)
}

/** Every ETag, ascending by part number: what complete sends. */
export function listEtags(table: EtagTable): { part: number; etag: string }[] {
  return listValues(table).map(({ part, value }) => ({ part, etag: value }))
}
