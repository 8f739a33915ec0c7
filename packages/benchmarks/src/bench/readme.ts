import { readFileSync, writeFileSync } from 'node:fs'
import { format } from './format.ts'
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
  fill(long, longOf(run))
  fill(short, shortOf(run))
  format([long, short])
}

/** What the README of this package shows. */
export function longOf(run: Run): string {
  return `![${WHAT}](plot.svg)\n\n${toMarkdown(run)}`
}

/** What the README of the repository shows, which is to stay short. */
export function shortOf(run: Run): string {
  return `${toSummary(run)}\n\n![${WHAT}](packages/benchmarks/summary.svg)`
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
