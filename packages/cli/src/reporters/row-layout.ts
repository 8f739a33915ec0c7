/** Columns of the widest bar. */
export const MAX_BAR = 40
const MIN_BAR = 8
const NOTE = 23

/** Columns of each part of a row; 0 for what is left out. */
export interface RowLayout {
  readonly total: number
  readonly name: number
  readonly bar: number
  readonly note: number
}

/** How many columns each part of a row gets; what does not fit is left out, the bar first. */
export function rowLayout(columns: number): RowLayout {
  // The last column stays free: some terminals wrap as soon as it is written.
  const total = columns - 1
  const note = total >= 48 ? NOTE : 0
  const fixed = 2 + 2 + 4 + (note === 0 ? 0 : 2 + note)
  const name = Math.max(8, Math.min(32, Math.floor(total * (note === 0 ? 0.5 : 0.32))))
  const bar = Math.min(MAX_BAR, total - fixed - name - 2)
  if (bar >= MIN_BAR) return { total, name, bar, note }
  return { total, name: Math.max(8, total - fixed), bar: 0, note }
}
