import { readFileSync } from 'node:fs'

/** The largest resident memory of a process so far in bytes, as Linux counts it. */
export function peakMemory(pid: number): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? undefined : Number(kib) * 1024
  } catch {
    // Not Linux, or the process has ended.
    return undefined
  }
}
