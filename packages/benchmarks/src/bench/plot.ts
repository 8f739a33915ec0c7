import { type Outcome, type Run, ratio } from './outcome.ts'

const LABEL = 190
const BAR = 270
const ROW = 18
const GAP = 34
const WIDTH: number = LABEL + 2 * (BAR + 60)
const COLOURS = { wallMs: '#3b82f6', cpuSeconds: '#f59e0b' } as const

/** A run as SVG: for each contestant how many times our time, and our CPU time, it needs. */
export function toSvg({ cases }: Run): string {
  const ratios = cases.flatMap(({ outcomes }) => outcomes.flatMap((one) => bothOf(outcomes, one)))
  const longest = Math.max(1, ...ratios.filter(Number.isFinite))
  const lines: string[] = []
  let y = 24
  lines.push(text(LABEL, y, '× our time', 'bold'), text(LABEL + BAR + 60, y, '× our CPU', 'bold'))
  for (const { title, outcomes } of cases) {
    y += GAP
    lines.push(text(8, y, title, 'bold'))
    for (const outcome of outcomes) {
      y += ROW
      const [wall = Number.NaN, cpu = Number.NaN] = bothOf(outcomes, outcome)
      lines.push(text(8, y, outcome.name), bar(LABEL, y, wall, longest, COLOURS.wallMs))
      lines.push(bar(LABEL + BAR + 60, y, cpu, longest, COLOURS.cpuSeconds))
    }
  }
  const height = y + 16
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    '<title>How many times our time and CPU the others need</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...lines,
    '</svg>\n',
  ].join('\n')
}

function bothOf(outcomes: readonly Outcome[], one: Outcome): readonly number[] {
  const ours = outcomes[0] ?? one
  return [ratio(ours, one, 'wallMs'), ratio(ours, one, 'cpuSeconds')]
}

function bar(x: number, y: number, ratio: number, longest: number, colour: string): string {
  if (Number.isNaN(ratio)) return text(x, y, 'failed')
  const width = ((ratio / longest) * BAR).toFixed(1)
  const shape = `<rect x="${x}" y="${y - 11}" width="${width}" height="13" fill="${colour}"/>`
  return shape + text(x + Number(width) + 4, y, ratio.toFixed(2))
}

function text(x: number, y: number, content: string, weight = 'normal'): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x.toFixed(1)}" y="${y}" font-weight="${weight}">${escaped}</text>`
}
