/**
 * ETags by part number. Copy-on-write in blocks, so that one more ETag costs the same whether the
 * upload has ten parts or ten thousand.
 */
export interface EtagTable {
  readonly size: number
  readonly blocks: readonly (readonly (string | undefined)[] | undefined)[]
}

const BLOCK = 128

export const emptyEtags: EtagTable = { size: 0, blocks: [] }

export function etagOf(table: EtagTable, part: number): string | undefined {
  return table.blocks[Math.floor(part / BLOCK)]?.[part % BLOCK]
}

export function withEtag(table: EtagTable, part: number, etag: string): EtagTable {
  const index = Math.floor(part / BLOCK)
  const block = table.blocks[index]?.slice() ?? new Array<string | undefined>(BLOCK).fill(undefined)
  const isNew = block[part % BLOCK] === undefined
  block[part % BLOCK] = etag
  const blocks = table.blocks.slice()
  while (blocks.length < index) blocks.push(undefined)
  blocks[index] = block
  return { size: table.size + (isNew ? 1 : 0), blocks }
}

/** Every ETag, ascending by part number: what complete sends. */
export function listEtags(table: EtagTable): { part: number; etag: string }[] {
  const list: { part: number; etag: string }[] = []
  table.blocks.forEach((block, index) => {
    block?.forEach((etag, offset) => {
      if (etag !== undefined) list.push({ part: index * BLOCK + offset, etag })
    })
  })
  return list
}
