import { readFileSync, writeFileSync } from 'node:fs'

const BEGIN = '<!-- benchmarks: begin -->'
const END = '<!-- benchmarks: end -->'

/** Puts the table and the plot into the README of this package, between their markers. */
export function writeReadme(markdown: string, svg: string): void {
  const readme = new URL('../../README.md', import.meta.url)
  const before = readFileSync(readme, 'utf8')
  const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)]
  if (begin < 0 || end < begin)
    throw new Error(`packages/benchmarks/README.md lacks ${BEGIN} and ${END}`)
  writeFileSync(new URL('../../plot.svg', import.meta.url), svg)
  const image = '![How many times our time and CPU the others need](plot.svg)'
  const between = `${BEGIN}\n\n${image}\n\n${markdown}\n\n`
  writeFileSync(readme, before.slice(0, begin) + between + before.slice(end))
}
