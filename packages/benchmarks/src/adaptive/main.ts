/**
 * Shows what the number of slots that the machine finds is worth, beside every fixed one, in situations
 * that want different numbers: a model on a virtual clock, so the figures are the same everywhere.
 *
 *     npm --prefix packages/benchmarks run adaptive -- [--seed n]
 */
import { parseArgs } from 'node:util'
import { compare } from './compare.ts'
import { adaptiveTable } from './table.ts'

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' } } })
console.log(adaptiveTable(await compare(Number(values.seed))))
