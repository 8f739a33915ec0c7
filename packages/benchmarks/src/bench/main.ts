/**
 * Measures this project on Node and its peers side by side, in one run.
 *
 *     npm --prefix packages/benchmarks run bench -- [--short] [--check] [--write] [--rounds n] [--only case]…
 *
 * Contestants take turns, each lap in a process of its own, against one server on loopback. Results go
 * to packages/benchmarks/results as JSON, Markdown and SVG. `--short` looks whether all is well, in
 * about a minute; `--check` compares with floors.json and fails where a ratio fell; `--write` puts
 * table and plot into the README, which a busy machine is refused.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { titleOf } from './cases.ts'
import { checkFloors, readFloors } from './floors.ts'
import { gather } from './gather.ts'
import type { CaseResult, Run } from './outcome.ts'
import { toSvg } from './plot.ts'
import { writeReadme } from './readme.ts'
import { runCase } from './run-case.ts'
import { toMarkdown } from './table.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
})
const form = options.short ? 'short' : 'full'
const rounds = Number(options.rounds ?? (options.short ? 1 : 5))
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1')
const loadNow = (): number => loadavg()[0] ?? Number.NaN

const quiet = cpus().length / 2
if (options.write && (form === 'short' || options.only !== undefined)) {
  throw new Error('--write takes a full run of all cases')
}
if (options.write && loadNow() > quiet) {
  throw new Error(`The machine is busy: its load is ${loadNow().toFixed(1)}, above ${quiet}`)
}

const { cases: all, peers, leftOut } = gather(form)
const cases = all.filter(({ id }) => options.only?.includes(id) ?? true)
if (cases.length === 0) throw new Error(`There are: ${all.map(({ id }) => id).join(', ')}`)

const loadBefore = loadNow()
const startedAt = new Date().toISOString()
const results: CaseResult[] = []
const place = mkdtempSync(join(tmpdir(), 'bench-'))
// A gigabyte is not left behind, however this ends.
process.once('exit', () => rmSync(place, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
for (const one of cases) {
  console.log(`… ${titleOf(one)}`)
  const result = await runCase(one, rounds, peers, place)
  for (const { failure } of result.outcomes) if (failure !== undefined) console.log(failure)
  results.push(result)
}

const run: Run = {
  form,
  startedAt,
  machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`,
  load: [loadBefore, loadNow()],
  rounds,
  cases: results,
  leftOut,
}
const folder = new URL('../../results/', import.meta.url)
mkdirSync(folder, { recursive: true })
const [markdown, svg] = [toMarkdown(run), toSvg(run)]
writeFileSync(new URL(`${form}.json`, folder), `${JSON.stringify(run, undefined, 2)}\n`)
writeFileSync(new URL(`${form}.md`, folder), `${markdown}\n`)
writeFileSync(new URL(`${form}.svg`, folder), svg)
console.log(`\n${markdown}`)
if (options.write) writeReadme(markdown, svg)

if (options.check) {
  const floors = readFloors(form)
  const asked = Object.entries(floors).filter(([id]) => options.only?.includes(id) ?? true)
  const wrong = checkFloors(run, Object.fromEntries(asked))
  for (const line of wrong) console.error(`✗ ${line}`)
  if (wrong.length > 0) process.exitCode = 1
  else console.log(`\nAll floors of the ${form} form hold.`)
}
