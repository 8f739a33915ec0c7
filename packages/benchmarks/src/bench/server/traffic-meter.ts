import type { Traffic } from './settings.ts'

/** A PUT as its client sees it: from its first byte to the end of its answer, in milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Counts what arrives, so that whoever sends nothing does not win. */
export class TrafficMeter {
  readonly #wayMs: number
  #spans: Span[] = []
  bytes = 0
  puts = 0
  refused = 0
  reset = 0
  inFlight = 0

  /** @param rttMs how long bytes are on their way here and back: their client counts that too. */
  constructor(rttMs: number) {
    this.#wayMs = rttMs / 2
  }

  /** A PUT has arrived. @returns what to call once it is answered. */
  begin(): () => void {
    const from = performance.now() - this.#wayMs
    this.puts += 1
    this.inFlight += 1
    return () => {
      this.inFlight -= 1
      this.#spans.push({ from, to: performance.now() + this.#wayMs })
    }
  }

  /** What was seen since the last call. */
  take(): Traffic {
    const { bytes, puts, refused, reset } = this
    const parallel = parallelOf(this.#spans)
    this.bytes = this.puts = this.refused = this.reset = 0
    this.#spans = []
    return { bytes, puts, refused, reset, parallel }
  }
}

/**
 * How many of them there are at the same time, on average from the start of the first to the start of
 * the last: towards the end there is nothing left to begin, and that is no idleness.
 */
export function parallelOf(spans: readonly Span[]): number {
  const starts = spans.map(({ from }) => from)
  const first = starts.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const last = starts.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (!(last > first)) return 0
  const area = spans.reduce((sum, { from, to }) => sum + Math.min(to, last) - from, 0)
  return area / (last - first)
}
