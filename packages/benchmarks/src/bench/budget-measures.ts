import type { CaseId } from './case.ts'
import { libStorage } from './contestants.ts'
import { medianOf, outcomeOf, type Run, ratio } from './outcome.ts'

export const cpuPerGigabyte = (run: Run, id: CaseId, name?: string): number =>
  medianOf(outcomeOf(run, id, name), 'cpuSeconds') / gigabytesOf(run, id)

export const gigabytesOf = (run: Run, id: CaseId): number =>
  (run.cases.find((one) => one.id === id)?.bytes ?? Number.NaN) / 1e9

export const peakMegabytes = (run: Run, id: CaseId): number =>
  medianOf(outcomeOf(run, id), 'peakBytes') / 1e6

export const timesTheTimeOfOurs = (run: Run, id: CaseId, name: string): number =>
  ratio(outcomeOf(run, id), outcomeOf(run, id, name), 'wallMs')

/** What could be measured, in words. */
export function words(
  ...said: readonly (readonly [what: string, value: number, digits: number])[]
): readonly string[] {
  return said
    .filter(([, value]) => !Number.isNaN(value))
    .map(([what, value, digits]) => `${what} ${decimal(value, digits)}`)
}

/** What the peers needed, and how many times that is of what we did. */
export function peersCpu(run: Run, name?: string): readonly string[] {
  const ours = outcomeOf(run, 'http', name)
  return [libStorage.name, 'curl'].flatMap((peer) => {
    const needed = cpuPerGigabyte(run, 'http', peer)
    const times = ratio(ours, outcomeOf(run, 'http', peer), 'cpuSeconds')
    return Number.isNaN(times) ? [] : [`${peer} ${decimal(needed, 2)}: ${decimal(times, 2)} × that`]
  })
}

export function decimal(value: number, digits: number): string {
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
