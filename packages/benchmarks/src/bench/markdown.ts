type Alignment = 'left' | 'right'

const RULES: Readonly<Record<Alignment, string>> = { left: '---', right: '---:' }

/** A table, a line each. */
export function cells(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): readonly string[] {
  const rules = headings.map((_, at) => RULES[alignments[at] ?? 'right'])
  return [headings, rules, ...rows].map((row) => `| ${row.join(' | ')} |`)
}
