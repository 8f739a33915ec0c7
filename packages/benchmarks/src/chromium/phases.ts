/** Where the time of one upload went, in milliseconds, as the browser timed its requests. */
export interface Phases {
  /** From the beginning to startUpload: the file is hashed. */
  readonly hash: number
  readonly start: number
  /** From the answer to startUpload to the first PUT: the first urls call, and what is around it. */
  readonly urls: number
  /** From the first PUT to the end of the last one. */
  readonly puts: number
  /** How long a slot was idle between two of its PUTs, on average over the slots. */
  readonly idle: number
  /** From the last PUT to the end. */
  readonly complete: number
}

/** Of the upload that began and ended at these times, which made these calls and no others. */
export function phasesBetween(beganAt: number, endedAt: number, slots: number): Phases | undefined {
  const entries = performance
    .getEntriesByType('resource')
    .filter(({ startTime }) => startTime >= beganAt)
  const start = entries.find(({ name }) => name.includes('/start'))
  const puts = entries.filter(({ name }) => name.includes('partNumber='))
  if (start === undefined || puts.length === 0) return undefined
  const first = Math.min(...puts.map(({ startTime }) => startTime))
  const last = Math.max(...puts.map(endOf))
  // Towards the end there is nothing left to send: that is no idleness.
  const lastBegan = Math.max(...puts.map(({ startTime }) => startTime))
  const busy = puts.reduce((sum, put) => sum + Math.min(endOf(put), lastBegan) - put.startTime, 0)
  return {
    hash: start.startTime - beganAt,
    start: start.duration,
    urls: first - endOf(start),
    puts: last - first,
    idle: lastBegan - first - busy / slots,
    complete: endedAt - last,
  }
}

function endOf({ startTime, duration }: PerformanceEntry): number {
  return startTime + duration
}
