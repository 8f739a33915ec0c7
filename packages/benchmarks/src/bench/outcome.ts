import type { CaseId } from './case.ts'
import type { HeapFigures } from './heap-meter.ts'
import type { Probes } from './probes/probes.ts'

/** What one contestant needed in one round. */
export interface Lap {
  readonly wallMs: number
  readonly cpuSeconds: number
  /** What of that came after its code was loaded; of programs nobody knows. */
  readonly workCpuSeconds?: number
  readonly peakBytes: number
  /** PUTs that the server saw, those that it reset included; those that it refused. */
  readonly puts: number
  readonly refused: number
  /** How much of its slots it used, from its first PUT to its last: 1 is all. */
  readonly busy: number
  readonly heap?: HeapFigures
}

/** How one contestant did: a lap a round, or why there is none. */
export interface Outcome {
  readonly name: string
  readonly laps: readonly Lap[]
  readonly failure: string | undefined
}

export interface CaseResult {
  readonly id: CaseId
  readonly title: string
  readonly bytes: number
  /** Whether there are enough bytes for CPU time for each GB to mean something. */
  readonly perGigabyte: boolean
  /** Whether PUTs take long enough for busy slots to mean something. */
  readonly slow: boolean
  /** The first is what the others are compared with. */
  readonly outcomes: readonly Outcome[]
}

/** One run: all cases, and the circumstances. */
export interface Run {
  readonly form: 'full' | 'short'
  readonly startedAt: string
  readonly machine: string
  /** Load averages over one minute, when the run began and ended. */
  readonly load: readonly [number, number]
  readonly rounds: number
  readonly cases: readonly CaseResult[]
  readonly probes: Probes
  /** What was not measured, and why. */
  readonly leftOut: readonly string[]
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

export type Measure = 'wallMs' | 'cpuSeconds' | 'workCpuSeconds' | 'peakBytes' | 'busy'

/** The median of a contestant's laps. NaN where there are none. */
export function medianOf(outcome: Outcome | undefined, measure: Measure): number {
  return median((outcome?.laps ?? []).map((lap) => lap[measure] ?? Number.NaN))
}

/** How a contestant did in a case of that run, if it took part. */
export function outcomeOf(run: Run, id: CaseId, name?: string): Outcome | undefined {
  const outcomes = run.cases.find((one) => one.id === id)?.outcomes ?? []
  return name === undefined ? outcomes[0] : outcomes.find((outcome) => outcome.name === name)
}

/**
 * How many times as much the other needed as we did: the median over the rounds, each of which is
 * compared in itself, since a machine has good and bad minutes. NaN where one of them failed.
 */
export function ratio(
  ours: Outcome | undefined,
  other: Outcome | undefined,
  measure: Exclude<Measure, 'workCpuSeconds'>,
): number {
  const laps = other?.laps ?? []
  return median(
    laps.map((lap, round) => lap[measure] / (ours?.laps[round]?.[measure] ?? Number.NaN)),
  )
}
