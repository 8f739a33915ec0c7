import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toSvg } from '../src/bench/plot.ts'
import { between, longOf, shortOf } from '../src/bench/readme.ts'
import { readRun } from '../src/bench/run-file.ts'
import { toSummaryRun } from '../src/bench/summary.ts'

// Where this fails after a change of how figures are shown: npm --prefix packages/benchmarks run render

const fileOf = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

/** Without what the formatter adds to tables. */
const bare = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---')

test.each([
  ['packages/benchmarks/README.md', longOf],
  ['README.md', shortOf],
] as const)('%s shows the run that is kept, and no other figures', (path, contentOf) => {
  const page = fileOf(path)
  expect(bare(page)).toBe(bare(between(page, contentOf(readRun())) ?? ''))
})

test.each([
  ['plot.svg', toSvg(readRun())],
  ['summary.svg', toSvg(toSummaryRun(readRun()))],
])('%s is a plot of it', (name, plot) => {
  expect(fileOf(`packages/benchmarks/${name}`)).toBe(plot)
})
