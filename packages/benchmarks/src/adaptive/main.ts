/**
 * Shows what the number of slots that the machine finds is worth, beside every fixed one, in situations
 * that want different numbers: a model on a virtual clock, so the figures are the same everywhere.
 *
 *     npm --prefix packages/benchmarks run adaptive -- [--seed n]
 */
import { parseArgs } from 'node:util'
import { compare, summary } from './compare.ts'

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } })
const comparisons = await compare(Number(values.seed))
const clients = comparisons[0]?.results.map(({ client }) => client) ?? []
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

console.log(row(['', ...clients]))
console.log(row(['---', ...clients.map(() => '---:')]))
for (const { situation, results } of comparisons) {
  const cells = results.map(({ relative, refused }) => {
    const refusals = refused === 0 ? '' : ` (${refused} × 503)`
    return `${relative.toFixed(2)}${refusals}`
  })
  console.log(row([situation, ...cells]))
}
const means = summary(comparisons)
console.log(row(['geometric mean', ...clients.map((one) => means.get(one)?.toFixed(2) ?? '')]))
