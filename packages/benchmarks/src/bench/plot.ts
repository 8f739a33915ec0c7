import { type CaseResult, medianOf, type Outcome, type Run, ratio } from './outcome.ts'

const LABEL = 216
const PANEL = 300
const GAP = 56
const MARGIN = 16
const ROW = 19
const BAR = 11
const WIDTH: number = LABEL + 2 * PANEL + GAP + 64
const TICKS = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16]
/** Blue where the others need more than we do, orange where they need less: also for the colour-blind. */
const COLOURS = {
  more: '#2563eb',
  less: '#ea580c',
  ink: '#1f2937',
  pale: '#6b7280',
  grid: '#e5e7eb',
}

const PANELS = [
  { x: LABEL, measure: 'wallMs', heading: 'time' },
  { x: LABEL + PANEL + GAP, measure: 'cpuSeconds', heading: 'CPU time' },
] as const

/** How ratios become places: as far from 1 to twice as much as from 1 to half. */
interface Scale {
  readonly low: number
  readonly high: number
}

/** A run as SVG: for each contestant how many times our time, and our CPU time, it needs. */
export function toSvg({ cases }: Run): string {
  const compared = cases.filter(({ outcomes }) => outcomes.length > 1)
  const scale = scaleFor(compared)
  const lines: string[] = []
  const top = 84
  let y = top
  for (const { title, outcomes } of compared) {
    const [ours, ...others] = outcomes
    y += 30
    lines.push(text(MARGIN, y, title, { bold: true }))
    lines.push(text(WIDTH - MARGIN, y, oursInWords(ours), { colour: COLOURS.pale, anchor: 'end' }))
    const bottom = y + others.length * ROW + 8
    for (const { x } of PANELS) lines.push(...grid(x, y + 6, bottom, scale))
    for (const other of others) {
      y += ROW
      lines.push(text(MARGIN, y, other.name))
      for (const { x, measure } of PANELS) {
        lines.push(bar(x, y, ratio(ours, other, measure), scale))
      }
    }
    y += 4
  }
  const height = y + 20
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="12">`,
    '<title>How many times our time and CPU time the others need</title>',
    `<rect width="${WIDTH}" height="${height}" rx="6" fill="#ffffff"/>`,
    text(MARGIN, 28, 'How many times as much as s3-bg-uploader the others need', {
      bold: true,
      size: 15,
    }),
    ...PANELS.flatMap((panel) => axis(panel, top, scale)),
    ...lines,
    '</svg>\n',
  ].join('\n')
}

function scaleFor(cases: readonly CaseResult[]): Scale {
  const ratios = cases.flatMap(({ outcomes: [ours, ...others] }) =>
    others.flatMap((other) => PANELS.map(({ measure }) => ratio(ours, other, measure))),
  )
  const known = ratios.filter((value) => value > 0 && Number.isFinite(value))
  const low = known.reduce((a, b) => Math.min(a, b), 1 / 2)
  const high = known.reduce((a, b) => Math.max(a, b), 2)
  // What is farther away than the last tick ends at the edge, and its figure says how far it is.
  return {
    low: TICKS.findLast((tick) => tick <= low) ?? 1 / 16,
    high: TICKS.find((tick) => tick >= high) ?? 16,
  }
}

function placeOf(ratio: number, { low, high }: Scale): number {
  const within = Math.min(Math.max(ratio, low), high)
  return (Math.log(within / low) / Math.log(high / low)) * PANEL
}

function axis({ x, heading }: (typeof PANELS)[number], y: number, scale: Scale): readonly string[] {
  const one = x + placeOf(1, scale)
  const look = { colour: COLOURS.pale, anchor: 'middle', size: 11 } as const
  return [
    text(one, 50, heading, { bold: true, anchor: 'middle' }),
    text(one - 10, 66, '← less than we do', { colour: COLOURS.less, anchor: 'end' }),
    text(one + 10, 66, 'more than we do →', { colour: COLOURS.more }),
    ...ticksOf(scale).map((tick) => text(x + placeOf(tick, scale), y, `×${labelOf(tick)}`, look)),
  ]
}

function grid(x: number, top: number, bottom: number, scale: Scale): readonly string[] {
  return ticksOf(scale).map((tick) => {
    const at = (x + placeOf(tick, scale)).toFixed(1)
    const colour = tick === 1 ? COLOURS.pale : COLOURS.grid
    return `<line x1="${at}" x2="${at}" y1="${top}" y2="${bottom}" stroke="${colour}"/>`
  })
}

function ticksOf({ low, high }: Scale): readonly number[] {
  return TICKS.filter((tick) => tick >= low && tick <= high)
}

function labelOf(tick: number): string {
  return tick >= 1 ? String(tick) : `1/${1 / tick}`
}

function oursInWords(ours: Outcome | undefined): string {
  const [seconds, cpu] = [medianOf(ours, 'wallMs') / 1000, medianOf(ours, 'cpuSeconds')]
  if (Number.isNaN(seconds)) return 's3-bg-uploader failed'
  return `${ours?.name}: ${seconds.toFixed(2)} s, ${cpu.toFixed(2)} CPU-s`
}

function bar(x: number, y: number, ratio: number, scale: Scale): string {
  const one = x + placeOf(1, scale)
  if (Number.isNaN(ratio)) return text(one + 6, y, 'failed', { colour: COLOURS.pale })
  const end = x + placeOf(ratio, scale)
  const more = ratio >= 1
  const [left, width] = [Math.min(one, end), Math.abs(end - one)]
  const colour = more ? COLOURS.more : COLOURS.less
  const shape = `<rect x="${left.toFixed(1)}" y="${y - BAR + 1}" width="${width.toFixed(1)}" height="${BAR}" fill="${colour}"/>`
  // Labels stand beside the bar, where no bar ever is.
  return (
    shape +
    text(more ? end + 5 : end - 5, y, ratio.toFixed(2), {
      anchor: more ? 'start' : 'end',
      size: 11,
    })
  )
}

interface Look {
  readonly bold?: boolean
  readonly colour?: string
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly size?: number
}

function text(x: number, y: number, content: string, look: Look = {}): string {
  const { bold = false, colour = COLOURS.ink, anchor = 'start', size } = look
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const attributes = [
    `x="${x.toFixed(1)}" y="${y}" fill="${colour}"`,
    ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
    ...(bold ? ['font-weight="bold"'] : []),
    ...(size === undefined ? [] : [`font-size="${size}"`]),
  ]
  return `<text ${attributes.join(' ')}>${escaped}</text>`
}
