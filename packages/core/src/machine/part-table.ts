/**
 * Values by part number. Copy-on-write in blocks, so that one more value costs the same whether the
 * upload has ten parts or ten thousand.
 */
export interface PartTable<T> {
  /** How many parts have a value. */
  readonly size: number
  /** With holes where there are no values. */
  readonly blocks: readonly (readonly T[])[]
}

const BLOCK = 128

export const emptyTable: PartTable<never> = { size: 0, blocks: [] }

export function valueAt<T>(table: PartTable<T>, part: number): T | undefined {
  return table.blocks[Math.floor(part / BLOCK)]?.[part % BLOCK]
}

export function withValue<T>(table: PartTable<T>, part: number, value: T): PartTable<T> {
  const index = Math.floor(part / BLOCK)
  const block = table.blocks[index]?.slice() ?? []
  const isNew = block[part % BLOCK] === undefined
  block[part % BLOCK] = value
  const blocks = table.blocks.slice()
  blocks[index] = block
  return { size: table.size + (isNew ? 1 : 0), blocks }
}

/** Every value, ascending by part number. */
export function listValues<T>(table: PartTable<T>): { part: number; value: T }[] {
  const list: { part: number; value: T }[] = []
  table.blocks.forEach((block, index) => {
    block.forEach((value, offset) => {
      list.push({ part: index * BLOCK + offset, value })
    })
  })
  return list
}
