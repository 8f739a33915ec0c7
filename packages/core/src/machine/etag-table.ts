import { emptyTable, listValues, type PartTable } from './part-table.ts'

export { valueAt as etagOf, withValue as withEtag } from './part-table.ts'

/** ETags by part number. */
export type EtagTable = PartTable<string>

export const emptyEtags: EtagTable = emptyTable

/** Every ETag, ascending by part number: what complete sends. */
export function listEtags(table: EtagTable): { part: number; etag: string }[] {
  return listValues(table).map(({ part, value }) => ({ part, etag: value }))
}
