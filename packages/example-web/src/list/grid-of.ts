/** Where the cells of the parts are, in CSS pixels. */
export interface Grid {
  readonly columns: number
  /** Side of a cell. */
  readonly cell: number
  /** Between two cells. */
  readonly gap: number
  readonly height: number
}

const CELLS = [14, 12, 10, 8, 7, 6, 5, 4] as const
const SMALLEST_CELL = 3
const HIGHEST = 168

/** The largest cells with which the grid is not higher than a hand, if any are small enough. */
export function gridOf(parts: number, width: number): Grid {
  for (const cell of CELLS) {
    const grid = withCells(cell, parts, width)
    if (grid.height <= HIGHEST) return grid
  }
  return withCells(SMALLEST_CELL, parts, width)
}

function withCells(cell: number, parts: number, width: number): Grid {
  const gap = cell >= 8 ? 2 : 1
  const columns = Math.max(1, Math.floor((width + gap) / (cell + gap)))
  const rows = Math.ceil(parts / columns)
  return { columns, cell, gap, height: Math.max(0, rows * (cell + gap) - gap) }
}
