import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Run } from './outcome.ts'
import { toSvg } from './plot.ts'
import { toSummary, toSummaryRun } from './summary.ts'
import { toMarkdown } from './table.ts'

const BEGIN = '<!-- benchmarks: begin -->'
const END = '<!-- benchmarks: end -->'
const ROOT = new URL('../../../../', import.meta.url)
const PACKAGE = new URL('packages/benchmarks/', ROOT)
const WHAT = 'How many times our time and CPU time the others need'

/** Puts a run into the README of this package, and its short form into that of the repository. */
export function writeReadmes(run: Run): void {
  writeFileSync(new URL('plot.svg', PACKAGE), toSvg(run))
  writeFileSync(new URL('summary.svg', PACKAGE), toSvg(toSummaryRun(run)))
  const [long, short] = [new URL('README.md', PACKAGE), new URL('README.md', ROOT)]
  fill(long, `![${WHAT}](plot.svg)\n\n${toMarkdown(run)}`)
  fill(short, `${toSummary(run)}\n\n![${WHAT}](packages/benchmarks/summary.svg)`)
  format([long, short])
}

function fill(file: URL, content: string): void {
  const before = readFileSync(file, 'utf8')
  const after = between(before, content)
  if (after === undefined) throw new Error(`${file.pathname} lacks ${BEGIN} and ${END}`)
  writeFileSync(file, after)
}

/** @returns undefined where the markers are missing. */
export function between(readme: string, content: string): string | undefined {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (begin < 0 || end < begin) return undefined
  return `${readme.slice(0, begin)}${BEGIN}\n\n${content}\n\n${readme.slice(end)}`
}

/** As the linter wants them. */
export function format(files: readonly URL[]): void {
  const biome = fileURLToPath(new URL('node_modules/@biomejs/biome/bin/biome', ROOT))
  const args = [biome, 'format', '--write', ...files.map((file) => fileURLToPath(file))]
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(ROOT),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`Biome ended with ${status}: ${stderr.trim().slice(-300)}`)
}
