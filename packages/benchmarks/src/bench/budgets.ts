import type { CaseId } from './cases.ts'
import { bareLoop, libStorage, oursPutting, reading } from './contestants.ts'
import { medianOf, outcomeOf, type Run, ratio } from './outcome.ts'

/** What this project promises of its speed. The list below is all of it. */
export interface Budget {
  readonly id: string
  /** With its unit. */
  readonly what: string
  readonly bound: 'at most' | 'at least'
  readonly limit: number
  /** Digits after the point. */
  readonly digits: number
  /**
   * Whether a machine half as fast would measure twice as much (`cost`), half as much (`speed`), or the
   * same (`none`). The budgets were set on a machine that is known by what its peers needed.
   */
  readonly machine: 'cost' | 'speed' | 'none'
  /** NaN where it was not measured. */
  readonly measure: (run: Run) => number
  /** What was measured beside it in the same run. */
  readonly beside: (run: Run) => readonly string[]
}

/** What the peers needed where the budgets were set: CPU seconds for each GB of the case `http`. */
export const SET_WHERE = { libStorage: 2.9, curl: 0.22 } as const

/** Everything that decides whether a budget holds. */
export interface Verdict {
  readonly budget: Budget
  readonly measured: number
  /** What the machine where the budgets were set would have measured, if that matters. */
  readonly there: number | undefined
  readonly held: 'yes' | 'no' | 'there' | 'not measured'
}

const cpuPerGigabyte = (run: Run, id: CaseId, name?: string): number =>
  medianOf(outcomeOf(run, id, name), 'cpuSeconds') / gigabytesOf(run, id)

const gigabytesOf = (run: Run, id: CaseId): number =>
  (run.cases.find((one) => one.id === id)?.bytes ?? Number.NaN) / 1e9

const peakMegabytes = (run: Run, id: CaseId): number =>
  medianOf(outcomeOf(run, id), 'peakBytes') / 1e6

const timesTheTimeOfOurs = (run: Run, id: CaseId, name: string): number =>
  ratio(outcomeOf(run, id), outcomeOf(run, id, name), 'wallMs')

/** What could be measured, in words. */
function words(...said: readonly (readonly [what: string, value: number, digits: number])[]) {
  return said
    .filter(([, value]) => !Number.isNaN(value))
    .map(([what, value, digits]) => `${what} ${decimal(value, digits)}`)
}

/** What the peers needed, and how many times that is of what we did. */
function peersCpu(run: Run, name?: string): readonly string[] {
  const ours = outcomeOf(run, 'http', name)
  return [libStorage.name, 'curl'].flatMap((peer) => {
    const needed = cpuPerGigabyte(run, 'http', peer)
    const times = ratio(ours, outcomeOf(run, 'http', peer), 'cpuSeconds')
    return Number.isNaN(times) ? [] : [`${peer} ${decimal(needed, 2)}: ${decimal(times, 2)} × that`]
  })
}

export const BUDGETS: readonly Budget[] = [
  {
    id: 'put-cpu',
    what: 'PUT path on Node, CPU-s per GB, without the start of Node',
    bound: 'at most',
    limit: 0.6,
    digits: 2,
    machine: 'cost',
    measure: (run) =>
      medianOf(outcomeOf(run, 'http', oursPutting.name), 'workCpuSeconds') /
      gigabytesOf(run, 'http'),
    beside: (run) => [
      ...words(['with it', cpuPerGigabyte(run, 'http', oursPutting.name), 2]),
      ...peersCpu(run, oursPutting.name),
    ],
  },
  {
    id: 'put-times',
    what: 'PUT path on Node, × the throughput of lib-storage',
    bound: 'at least',
    limit: 5,
    digits: 2,
    machine: 'none',
    measure: (run) =>
      ratio(
        outcomeOf(run, 'http', oursPutting.name),
        outcomeOf(run, 'http', libStorage.name),
        'wallMs',
      ),
    beside: (run) =>
      words(['× a whole upload', timesTheTimeOfOurs(run, 'http', oursPutting.name), 2]),
  },
  {
    id: 'upload-cpu',
    what: 'whole upload on Node, CPU-s per GB',
    bound: 'at most',
    limit: 1,
    digits: 2,
    machine: 'cost',
    measure: (run) => cpuPerGigabyte(run, 'http'),
    beside: (run) => peersCpu(run),
  },
  {
    id: 'https-times',
    what: 'whole upload on Node over HTTPS, × the throughput of lib-storage',
    bound: 'at least',
    limit: 3,
    digits: 2,
    machine: 'none',
    measure: (run) => timesTheTimeOfOurs(run, 'https', libStorage.name),
    beside: (run) => words(['over HTTP', timesTheTimeOfOurs(run, 'http', libStorage.name), 2]),
  },
  {
    id: 'memory',
    what: 'resident memory on Node, any file size, MB',
    bound: 'at most',
    limit: 120,
    digits: 0,
    machine: 'none',
    measure: (run) => {
      const peaks = [peakMegabytes(run, 'http'), peakMegabytes(run, 'large-file')]
      return Math.max(...peaks)
    },
    beside: (run) =>
      words(
        ['1 GiB', peakMegabytes(run, 'http'), 0],
        ['4 GiB', peakMegabytes(run, 'large-file'), 0],
        ['2,000 files at once', peakMegabytes(run, 'small-files'), 0],
      ),
  },
  {
    id: 'hash-speed',
    what: 'reading and hashing on Node, GB/s',
    bound: 'at least',
    limit: 2.5,
    digits: 2,
    machine: 'speed',
    measure: (run) =>
      gigabytesOf(run, 'hash') / (medianOf(outcomeOf(run, 'hash'), 'wallMs') / 1000),
    beside: (run) => {
      const seconds = medianOf(outcomeOf(run, 'hash', reading.name), 'wallMs') / 1000
      return words(['reading only', gigabytesOf(run, 'hash') / seconds, 2])
    },
  },
  {
    id: 'core-cpu',
    what: 'core of an upload in 10,000 parts, CPU-s, without the start of Node',
    bound: 'at most',
    limit: 0.5,
    digits: 2,
    machine: 'cost',
    measure: (run) => medianOf(outcomeOf(run, 'many-parts'), 'workCpuSeconds'),
    beside: (run) =>
      words(
        ['with it', medianOf(outcomeOf(run, 'many-parts'), 'cpuSeconds'), 2],
        [
          'bare promises',
          medianOf(outcomeOf(run, 'many-parts', bareLoop.name), 'workCpuSeconds'),
          2,
        ],
      ),
  },
  {
    id: 'journal-bytes',
    what: 'journal, bytes written per confirmed part',
    bound: 'at most',
    limit: 200,
    digits: 0,
    machine: 'none',
    measure: ({ probes }) => probes.journal?.bytesPerManyParts ?? Number.NaN,
    beside: ({ probes: { journal } }) =>
      journal === undefined
        ? []
        : words([`of ${journal.fewParts.toLocaleString('en')} parts`, journal.bytesPerFewParts, 0]),
  },
  {
    id: 'queue-memory',
    what: '100,000 queued uploads, bytes of memory each',
    bound: 'at most',
    limit: 1000,
    digits: 0,
    machine: 'none',
    measure: ({ probes }) => probes.journal?.queue.bytesEach ?? Number.NaN,
    beside: () => [],
  },
  {
    id: 'queue-cpu',
    what: '100,000 queued uploads, CPU-s to restore them',
    bound: 'at most',
    limit: 3,
    digits: 2,
    machine: 'cost',
    measure: ({ probes }) => probes.journal?.queue.restoreCpuSeconds ?? Number.NaN,
    beside: ({ probes }) =>
      words(['seconds', probes.journal?.queue.restoreSeconds ?? Number.NaN, 2]),
  },
  {
    id: 'chromium-uppy',
    what: 'Chromium, × the throughput of Uppy',
    bound: 'at least',
    limit: 4,
    digits: 2,
    machine: 'none',
    measure: ({ probes: { chromium } }) =>
      (chromium?.uppy ?? Number.NaN) / (chromium?.ours ?? Number.NaN),
    beside: ({ probes: { chromium } }) =>
      words(
        ['seconds: ours', chromium?.ours ?? Number.NaN, 2],
        ['Uppy', chromium?.uppy ?? Number.NaN, 2],
      ),
  },
  {
    id: 'chromium-xhrs',
    what: 'Chromium, × the time of six bare XHRs',
    bound: 'at most',
    limit: 1.15,
    digits: 2,
    machine: 'none',
    measure: ({ probes: { chromium } }) =>
      (chromium?.ours ?? Number.NaN) / (chromium?.barePuts ?? Number.NaN),
    beside: ({ probes: { chromium } }) => {
      const times = (chromium?.ours ?? Number.NaN) / (chromium?.sameCalls ?? Number.NaN)
      return words(['× six that also hash and make the calls', times, 2])
    },
  },
  {
    id: 'slots-busy',
    what: 'URLs 200 ms, PUT 100 ms, 8 slots: % busy after the first PUT',
    bound: 'at least',
    limit: 95,
    digits: 0,
    machine: 'none',
    measure: (run) => medianOf(outcomeOf(run, 'latency'), 'busy') * 100,
    beside: (run) =>
      words(['lib-storage', medianOf(outcomeOf(run, 'latency', libStorage.name), 'busy') * 100, 0]),
  },
  {
    id: 'bundle',
    what: 'core + transport-fetch with their dependencies, minified and gzipped, kB',
    bound: 'at most',
    limit: 16,
    digits: 1,
    machine: 'none',
    measure: ({ probes }) => (probes.bundle?.ours ?? Number.NaN) / 1000,
    beside: ({ probes: { bundle } }) =>
      words(
        ['before the first file', (bundle?.withoutHasher ?? Number.NaN) / 1000, 1],
        ['tus', (bundle?.tus ?? Number.NaN) / 1000, 1],
        ['Uppy', (bundle?.uppy ?? Number.NaN) / 1000, 1],
        ['lib-storage', (bundle?.libStorage ?? Number.NaN) / 1000, 1],
      ),
  },
]

/** What a run says about each budget. */
export function judge(run: Run): readonly Verdict[] {
  const slowness = slownessOf(run)
  return BUDGETS.map((budget): Verdict => {
    const measured = budget.measure(run)
    const there = thereOf(budget, measured, slowness)
    if (Number.isNaN(measured)) return { budget, measured, there: undefined, held: 'not measured' }
    const held = isWithin(budget, measured)
      ? 'yes'
      : there !== undefined && isWithin(budget, there)
        ? 'there'
        : 'no'
    return { budget, measured, there, held }
  })
}

/** @param slack 0.15: what is 15 % beyond the limit passes too. */
export function isWithin({ bound, limit }: Budget, value: number, slack = 0): boolean {
  return bound === 'at most' ? value * (1 - slack) <= limit : value >= limit * (1 - slack)
}

/**
 * How many times as much CPU time the peers needed in this run as where the budgets were set: of two
 * that tell, the one that flatters less. NaN where neither took part.
 */
export function slownessOf(run: Run): number {
  const times = [
    cpuPerGigabyte(run, 'http', libStorage.name) / SET_WHERE.libStorage,
    cpuPerGigabyte(run, 'http', 'curl') / SET_WHERE.curl,
  ].filter((times) => !Number.isNaN(times))
  return times.length === 0 ? Number.NaN : Math.min(...times)
}

function thereOf({ machine }: Budget, measured: number, slowness: number): number | undefined {
  if (machine === 'none' || Number.isNaN(slowness)) return undefined
  return machine === 'cost' ? measured / slowness : measured * slowness
}

export function decimal(value: number, digits: number): string {
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
