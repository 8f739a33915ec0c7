/**
 * Makes the last run the floors that `--check` compares with; `git diff` shows which of them fell.
 *
 *     npm --prefix packages/benchmarks run floors [-- --short]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { FLOORS_FILE, floorsFrom, readFloors } from './floors.ts'
import { format } from './format.ts'
import type { Run } from './outcome.ts'

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } })
const form = values.short ? 'short' : 'full'
const results = new URL(`../../results/${form}.json`, import.meta.url)
const run = JSON.parse(readFileSync(results, 'utf8')) as Run
const floors = { ...readFloors(), [form]: floorsFrom(run) }
writeFileSync(FLOORS_FILE, `${JSON.stringify(floors, undefined, 2)}\n`)
format([FLOORS_FILE])
console.log(`The floors of the ${form} form are those of the run of ${run.startedAt}.`)
