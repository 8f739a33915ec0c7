import { adaptiveTable } from '../adaptive/table.ts'
import { budgetTable } from './budget-table.ts'
import { cells } from './markdown.ts'
import {
  type CaseResult,
  type Lap,
  median,
  medianOf,
  type Outcome,
  type Run,
  ratio,
} from './outcome.ts'

interface Column {
  readonly heading: string
  readonly cell: (outcome: Outcome, ours: Outcome, one: CaseResult) => string
}

const NOTHING = '–'

const heap = ({ laps }: Outcome, figure: (heap: NonNullable<Lap['heap']>) => number): number =>
  median(laps.map(({ heap }) => (heap === undefined ? Number.NaN : figure(heap))))

const COLUMNS: readonly Column[] = [
  { heading: '', cell: ({ name }) => name },
  { heading: 'seconds', cell: (outcome) => figure(medianOf(outcome, 'wallMs') / 1000, 2) },
  { heading: 'CPU-s', cell: (outcome) => figure(medianOf(outcome, 'cpuSeconds'), 2) },
  {
    heading: 'CPU-s per GB',
    cell: (outcome, _, { perGigabyte, bytes }) =>
      perGigabyte ? figure(medianOf(outcome, 'cpuSeconds') / (bytes / 1e9), 2) : NOTHING,
  },
  { heading: 'peak MB', cell: (outcome) => figure(medianOf(outcome, 'peakBytes') / 1e6, 0) },
  {
    heading: 'slots busy, %',
    cell: (outcome, _, { slow }) => (slow ? figure(medianOf(outcome, 'busy') * 100, 0) : NOTHING),
  },
  {
    heading: 'refused',
    cell: ({ laps }) => {
      const refused = median(laps.map(({ refused }) => refused))
      return refused > 0 ? figure(refused, 0) : NOTHING
    },
  },
  {
    heading: 'MB allocated',
    cell: (outcome) => figure(heap(outcome, ({ allocatedBytes }) => allocatedBytes) / 1e6, 1),
  },
  {
    heading: 'collections',
    cell: (outcome) =>
      figure(
        heap(outcome, ({ collections }) => collections),
        0,
      ),
  },
  {
    heading: 'ms in them',
    cell: (outcome) =>
      figure(
        heap(outcome, ({ pausedMs }) => pausedMs),
        1,
      ),
  },
  { heading: '× time', cell: (outcome, ours) => figure(ratio(ours, outcome, 'wallMs'), 2) },
  { heading: '× CPU', cell: (outcome, ours) => figure(ratio(ours, outcome, 'cpuSeconds'), 2) },
]

/** A run as Markdown: its budgets, which small files say nothing about, then a table for each case. */
export function toMarkdown(run: Run): string {
  const leftOut = run.leftOut.map((line) => `- Left out: ${line}`)
  return [
    circumstances(run),
    ...(run.form === 'full' ? [budgetTable(run)] : []),
    ...run.cases.map((one) => tableOf(one, run.rounds)),
    ...slotsFound(run),
    ...(leftOut.length === 0 ? [] : [leftOut.join('\n')]),
  ].join('\n\n')
}

/** When, where and how often something was measured, and how to read the ratios. */
export function circumstances({ startedAt, machine, load, rounds }: Run): string {
  return (
    `${startedAt.slice(0, 10)}, ${machine}, load ${load.map((one) => one.toFixed(1)).join(' to ')}; ` +
    `medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}. “× time” and “× CPU” tell how many times ` +
    'as much a contestant needs as this project does in the same round: above 1 is more. Libraries are timed from ' +
    'when they are loaded, programs from their start; CPU time and memory are those of the whole process.'
  )
}

function slotsFound({ probes: { adaptive } }: Run): readonly string[] {
  if (adaptive === undefined) return []
  const title =
    '**Parts at once, found by trying (adaptive) and fixed**: time in a model of lines and storages, of what ' +
    'the best fixed number takes there'
  return [title, adaptiveTable(adaptive)]
}

function tableOf(one: CaseResult, rounds: number): string {
  const { title, outcomes } = one
  const ran = Math.max(...outcomes.map(({ laps }) => laps.length))
  const fewer = ran > 0 && ran < rounds ? ` (${ran} ${ran === 1 ? 'round' : 'rounds'})` : ''
  const filled = COLUMNS.map(({ heading, cell }) => ({
    heading,
    cells: outcomes.map((outcome) => cell(outcome, outcomes[0] ?? outcome, one)),
  })).filter(({ cells }) => cells.some((cell) => cell !== NOTHING))
  const rows = outcomes.map((_, row) => filled.map(({ cells }) => cells[row] ?? NOTHING))
  const headings = filled.map(({ heading }) => heading)
  const table = cells(headings, rows, ['left'])
  const failed = outcomes
    .filter(({ failure }) => failure !== undefined)
    .map(({ failure }) => `- ${failure?.replaceAll(/\s+/g, ' ')}`)
  return [
    `**${title}**${fewer}`,
    '',
    ...table,
    ...(failed.length === 0 ? [] : ['', ...failed]),
  ].join('\n')
}

function figure(value: number, digits: number): string {
  return Number.isNaN(value) ? NOTHING : value.toFixed(digits)
}
