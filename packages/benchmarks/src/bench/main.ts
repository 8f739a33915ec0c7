/**
 * Measures this project and its peers side by side, in one run.
 *
 *     npm --prefix packages/benchmarks run bench -- [--short] [--check] [--write] [--rounds n] [--only name]…
 *
 * Contestants take turns, each lap in a process of its own, against one server on loopback; then comes
 * what needs no contestants on Node: the journal, the bundle, Chromium. Results go to
 * packages/benchmarks/results as JSON, Markdown and SVG. `--short` looks whether all is well, in about a
 * minute; `--check` compares with floors.json and fails where something fell; `--write` puts tables and
 * plot into the READMEs, which a busy machine is refused.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Case, titleOf } from './case.ts'
import { checkFloors, floorsOf, readFloors } from './floors.ts'
import { gather } from './gather.ts'
import type { CaseResult, Run } from './outcome.ts'
import { toSvg } from './plot.ts'
import { PROBE_TITLES, PROBES, type ProbeName, type Probes, probe } from './probes/probes.ts'
import { writeReadmes } from './readme.ts'
import { runCase } from './run-case.ts'
import { writeRun } from './run-file.ts'
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
const rounds = Number(options.rounds ?? (options.short ? 1 : 3))
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1')
const loadNow = (): number => loadavg()[0] ?? Number.NaN

const quiet = cpus().length / 2
if (options.write && (form === 'short' || options.only !== undefined)) {
  throw new Error('--write takes a full run of everything')
}
if (options.write && loadNow() > quiet) {
  throw new Error(`The machine is busy: its load is ${loadNow().toFixed(1)}, above ${quiet}`)
}

const { cases: allCases, peers, leftOut } = gather(form)
const allProbes = form === 'short' ? [] : PROBES
const names = [...allCases.map(({ id }) => id), ...allProbes]
if (!(options.only ?? []).every((name) => names.some((known) => known === name))) {
  throw new Error(`There are: ${names.join(', ')}`)
}
const isAsked = (name: string): boolean => options.only?.includes(name) ?? true
const cases = allCases.filter(({ id }) => isAsked(id))
const probes = allProbes.filter(isAsked)
const steps = cases.length + probes.length

const place = mkdtempSync(join(tmpdir(), 'bench-'))
// A gigabyte is not left behind, however this ends.
process.once('exit', () => rmSync(place, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

const loadBefore = loadNow()
const startedAt = new Date()
const unmeasured: string[] = []
const results: CaseResult[] = []
const probed: Probes = {}
for (const [at, one] of cases.entries()) results.push(await measureCase(at + 1, one))
for (const [at, name] of probes.entries()) {
  Object.assign(probed, await measureProbe(cases.length + at + 1, name))
}

const run: Run = {
  form,
  startedAt: startedAt.toISOString(),
  machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`,
  load: [loadBefore, loadNow()],
  rounds,
  cases: results,
  probes: probed,
  leftOut: [...leftOut, ...unmeasured],
}
const markdown = toMarkdown(run)
console.log(`\n${markdown}`)
const folder = new URL('../../results/', import.meta.url)
mkdirSync(folder, { recursive: true })
const name = options.only === undefined ? form : 'part'
writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(run, undefined, 2)}\n`)
writeFileSync(new URL(`${name}.md`, folder), `${markdown}\n`)
writeFileSync(new URL(`${name}.svg`, folder), toSvg(run))
if (options.write) {
  writeRun(run)
  writeReadmes(run)
}

if (options.check) {
  const floors = readFloors()[form]
  const wrong = checkFloors(
    run,
    options.only === undefined ? floors : floorsOf(floors, options.only),
  )
  for (const line of wrong) console.error(`✗ ${line}`)
  if (wrong.length > 0) process.exitCode = 1
  else console.log(`\nAll floors of the ${form} form hold.`)
}

async function measureCase(step: number, one: Case): Promise<CaseResult> {
  announce(step, `${one.id}: ${titleOf(one)}`)
  const result = await runCase(one, Math.min(rounds, one.rounds ?? rounds), peers, place)
  process.stdout.write('\n')
  for (const { failure } of result.outcomes) if (failure !== undefined) console.log(failure)
  return result
}

async function measureProbe(step: number, name: ProbeName): Promise<Probes> {
  announce(step, `${name}: ${PROBE_TITLES[name]}`)
  try {
    return await probe(name, { rounds, peers, place })
  } catch (error) {
    const line = `${name}: ${error instanceof Error ? error.message : error}`
    console.log(line)
    unmeasured.push(line)
    return {}
  } finally {
    process.stdout.write('\n')
  }
}

function announce(step: number, what: string): void {
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000)
  process.stdout.write(`${String(seconds).padStart(4)} s  ${step}/${steps}  ${what} `)
}
