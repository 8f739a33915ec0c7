import { type CaseResult, type Lap, median, type Outcome, type Run, ratio } from './outcome.ts'

const HEADINGS = [
  '',
  'seconds',
  'CPU-s',
  'CPU-s per GB',
  'peak MB',
  'slots busy',
  '× time',
  '× CPU',
]

/** A run as Markdown: a table for each case. */
export function toMarkdown(run: Run): string {
  const circumstances =
    `${run.startedAt.slice(0, 10)}, ${run.machine}, load ${run.load.map((load) => load.toFixed(1)).join(' to ')}; ` +
    `medians of ${run.rounds} ${run.rounds === 1 ? 'round' : 'rounds'}. “× time” and “× CPU” tell how many times ` +
    'as much a contestant needs as this project does in the same round: above 1 is more. Libraries are timed from ' +
    'when they are loaded, programs from their start; CPU time and memory are those of the whole process.'
  const leftOut = run.leftOut.map((line) => `- Left out: ${line}`)
  return [
    circumstances,
    ...run.cases.map(tableOf),
    ...(leftOut.length === 0 ? [] : [leftOut.join('\n')]),
  ].join('\n\n')
}

function tableOf({ title, outcomes, bytes, perGigabyte, slow }: CaseResult): string {
  const rows = outcomes.map((outcome) => rowOf(outcome, outcomes[0] ?? outcome))
  const table = [HEADINGS, HEADINGS.map((_, at) => (at === 0 ? '---' : '---:')), ...rows]
  return [`**${title}**`, '', ...table.map((cells) => `| ${cells.join(' | ')} |`)].join('\n')

  function rowOf(outcome: Outcome, ours: Outcome): readonly string[] {
    const { name, laps, failure } = outcome
    if (failure !== undefined) return [name, 'failed', ...HEADINGS.slice(2).map(() => '–')]
    const of = (measure: keyof Lap): number => median(laps.map((lap) => lap[measure]))
    const cpu = of('cpuSeconds')
    return [
      name,
      (of('wallMs') / 1000).toFixed(2),
      cpu.toFixed(2),
      perGigabyte ? (cpu / (bytes / 1e9)).toFixed(2) : '–',
      (of('peakBytes') / 1e6).toFixed(0),
      slow ? `${Math.round(of('busy') * 100)} %` : '–',
      figure(ratio(ours, outcome, 'wallMs')),
      figure(ratio(ours, outcome, 'cpuSeconds')),
    ]
  }
}

function figure(ratio: number): string {
  return Number.isNaN(ratio) ? '–' : ratio.toFixed(2)
}
