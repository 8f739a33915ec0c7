import type { CaseId } from '../src/bench/case.ts'
import type { CaseResult, Lap, Outcome, Run } from '../src/bench/outcome.ts'

/** Seconds and CPU seconds of a contestant, a pair a round; or why it failed. */
export type Figures = readonly (readonly [seconds: number, cpuSeconds: number])[] | string

export function lapOf(seconds: number, cpuSeconds: number): Lap {
  const wallMs = seconds * 1000
  return { wallMs, cpuSeconds, peakBytes: 80e6, puts: 100, refused: 0, busy: 0.5 }
}

export function outcomeOf(name: string, figures: Figures): Outcome {
  return typeof figures === 'string'
    ? { name, laps: [], failure: figures }
    : { name, laps: figures.map((pair) => lapOf(...pair)), failure: undefined }
}

export function caseOf(
  id: CaseId,
  contestants: Readonly<Record<string, Figures>>,
  more: Partial<CaseResult> = {},
): CaseResult {
  return {
    id,
    title: `the case ${id}`,
    bytes: 1e9,
    perGigabyte: true,
    slow: false,
    outcomes: Object.entries(contestants).map(([name, figures]) => outcomeOf(name, figures)),
    ...more,
  }
}

export function runOf(cases: readonly CaseResult[], more: Partial<Run> = {}): Run {
  return {
    form: 'full',
    startedAt: '2026-11-30T12:00:00.000Z',
    machine: '2 × a processor, Node v20',
    load: [0.4, 1.2],
    rounds: 3,
    cases,
    probes: {},
    leftOut: [],
    ...more,
  }
}
