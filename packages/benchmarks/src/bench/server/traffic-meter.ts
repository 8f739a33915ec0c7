import type { Traffic } from './settings.ts'

/** A PUT as its client sees it: from its first byte to the end of its answer, in milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** One PUT, from when it arrived. */
export interface Put {
  /** How many there were in this lap, this one included. */
  readonly number: number
  /** It was answered 200. */
  readonly stored: (bytes: number) => void
  readonly reset: () => void
  /** It was answered, or its client has gone. */
  readonly ended: () => void
}

interface Lap {
  readonly spans: Span[]
  bytes: number
  puts: number
  refused: number
  reset: number
}

const newLap = (): Lap => ({ spans: [], bytes: 0, puts: 0, refused: 0, reset: 0 })

/** Counts what arrives, so that whoever sends nothing does not win. */
export class TrafficMeter {
  readonly #wayMs: number
  /** What ends after its lap was told stays with that lap, and counts for nobody. */
  #lap = newLap()
  inFlight = 0

  /** @param rttMs how long bytes are on their way here and back: their client counts that too. */
  constructor(rttMs: number) {
    this.#wayMs = rttMs / 2
  }

  begin(): Put {
    const lap = this.#lap
    const from = performance.now() - this.#wayMs
    lap.puts += 1
    this.inFlight += 1
    return {
      number: lap.puts,
      stored: (bytes) => {
        lap.bytes += bytes
      },
      reset: () => {
        lap.reset += 1
      },
      ended: () => {
        this.inFlight -= 1
        lap.spans.push({ from, to: performance.now() + this.#wayMs })
      },
    }
  }

  refuse(): void {
    this.#lap.refused += 1
  }

  /** Bytes that came otherwise than by PUT. */
  add(bytes: number): void {
    this.#lap.bytes += bytes
  }

  /** What was seen since the last call. */
  take(): Traffic {
    const { spans, ...counts } = this.#lap
    this.#lap = newLap()
    return { ...counts, parallel: parallelOf(spans) }
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
