import { adviceFor } from './advice.ts'
import type { Fault } from './fault.ts'
import type { SuiteCase } from './suite-cases.ts'

/** How the cases of one group went. */
export interface GroupResult {
  readonly group: string
  readonly passed: number
  readonly failed: readonly FailedCase[]
  /** Options of the suite without which cases could not run. */
  readonly missing: readonly string[]
}

export interface FailedCase {
  readonly section: string
  readonly name: string
  readonly message: string
}

/** Runs the cases of one group one after the other, until it is told to stop. */
export async function runGroup(
  group: string,
  cases: readonly SuiteCase[],
  signal: AbortSignal,
): Promise<GroupResult> {
  const failed: FailedCase[] = []
  const missing = new Set<string>()
  let passed = 0
  for (const { section, name, run, needs } of cases) {
    if (run === undefined) {
      if (needs !== undefined) missing.add(needs)
      continue
    }
    if (signal.aborted) break
    try {
      await run()
      passed += 1
    } catch (error) {
      failed.push({ section, name, message: messageOf(error) })
    }
  }
  return { group, passed, failed, missing: [...missing] }
}

/** What is wrong, once for all cases that show it. */
export function faultsOf(failed: readonly FailedCase[]): readonly Fault[] {
  const faults = new Map<string, Fault>()
  for (const { section, name, message } of failed) {
    const advice = adviceFor(name)
    const text = advice?.text ?? `Not so: ${name}.`
    if (!faults.has(text)) faults.set(text, { section, text, fix: advice?.fix, seen: message })
  }
  return [...faults.values()]
}

/** `fetch` hides behind "fetch failed" what has failed. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
