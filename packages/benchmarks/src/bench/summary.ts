import { budgetSummary } from './budget-summary.ts'
import type { CaseId } from './case.ts'
import { cells } from './markdown.ts'
import { medianOf, type Outcome, outcomeOf, type Run, ratio } from './outcome.ts'
import { circumstances } from './table.ts'

const COLUMNS: readonly (readonly [id: CaseId, heading: string])[] = [
  ['http', '1 GiB, HTTP'],
  ['https', '1 GiB, HTTPS'],
  ['ten-files', '10 × 100 MiB'],
  ['small-files', '2,000 × 64 KiB'],
  ['latency', 'URLs 200 ms, PUT 100 ms'],
  ['near', '20 ms there and back'],
  ['far', '300 ms there and back'],
]

const ROWS = [
  's3-bg-uploader',
  ...['lib-storage', 'minio', 'tus-js-client', 'aws s3 cp', 's5cmd', 'rclone', 'curl'],
]

/** A run with the cases of the summary alone. */
export function toSummaryRun(run: Run): Run {
  const ids = COLUMNS.map(([id]) => id)
  return { ...run, cases: run.cases.filter(({ id }) => ids.includes(id)) }
}

/** What the README of the repository shows of a run: everybody at a glance, and where it falls short. */
export function toSummary(run: Run): string {
  const rows = ROWS.map((name, row) => [
    name,
    ...COLUMNS.map(([id]) => cellOf(row === 0, outcomeOf(run, id), outcomeOf(run, id, name))),
  ])
  const taking = rows.filter(([, ...figures]) => figures.some((figure) => figure !== ''))
  const table = cells(['', ...COLUMNS.map(([, heading]) => heading)], taking, ['left'])
  const leftOut = run.leftOut.map((line) => `- Left out: ${line}`)
  const legend =
    'The first row is seconds and CPU seconds; the others are × its time and × its CPU time. Parts and slots are the ' +
    'same for everybody; curl is the floor: one PUT a file.'
  return [
    circumstances(run),
    table.join('\n'),
    legend,
    ...(leftOut.length === 0 ? [] : [leftOut.join('\n')]),
    budgetSummary(run, 'packages/benchmarks/README.md#figures'),
  ].join('\n\n')
}

function cellOf(isOurs: boolean, ours: Outcome | undefined, one: Outcome | undefined): string {
  if (one === undefined) return ''
  if (one.failure !== undefined) return 'failed'
  if (isOurs) {
    const seconds = medianOf(one, 'wallMs') / 1000
    return `${seconds.toFixed(2)} s, ${medianOf(one, 'cpuSeconds').toFixed(2)} CPU-s`
  }
  const [time, cpu] = [ratio(ours, one, 'wallMs'), ratio(ours, one, 'cpuSeconds')]
  return `${time.toFixed(2)}, ${cpu.toFixed(2)}`
}
