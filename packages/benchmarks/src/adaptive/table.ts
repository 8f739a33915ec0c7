import { cells } from '../bench/markdown.ts'
import { type Comparison, summary } from './compare.ts'

/** How long everybody took, of what the fastest fixed client took, as Markdown. */
export function adaptiveTable(comparisons: readonly Comparison[]): string {
  const clients = comparisons[0]?.results.map(({ client }) => client) ?? []
  const rows = comparisons.map(({ situation, results }) => [
    situation,
    ...results.map(({ relative, refused }) => {
      const refusals = refused === 0 ? '' : ` (${refused} × 503)`
      return `${relative.toFixed(2)}${refusals}`
    }),
  ])
  const means = summary(comparisons)
  const last = ['geometric mean', ...clients.map((client) => means.get(client)?.toFixed(2) ?? '')]
  return cells(['', ...clients], [...rows, last], ['left']).join('\n')
}
