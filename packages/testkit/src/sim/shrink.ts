import type { FaultClass } from './fault-classes.ts'
import { type SimulateOptions, type SimulationResult, simulate } from './simulate.ts'

/**
 * Looks for a smaller run that breaks the same guarantee: leaves out one class of faults after the
 * other, then files. Returns the smallest with its transcript.
 */
export async function shrink(
  seed: number,
  options: SimulateOptions = {},
): Promise<SimulationResult> {
  const first = await simulate(seed, options)
  const { violation } = first
  const without = new Set<FaultClass>(options.without)
  let maxFiles = first.plan.files.length
  const fails = async (change: SimulateOptions): Promise<boolean> => {
    const result = await simulate(seed, { ...options, without, maxFiles, ...change })
    return result.violation?.guarantee === violation?.guarantee
  }
  if (violation !== undefined) {
    // Until nothing more can be left out: one class may only have made room for another.
    for (let before = -1; before !== without.size; ) {
      before = without.size
      for (const fault of first.plan.faults.keys()) {
        if (without.has(fault)) continue
        if (await fails({ without: new Set([...without, fault]) })) without.add(fault)
      }
    }
    for (const files of [1, 2, 3, 5, 8, 13, 21, 34]) {
      if (files < maxFiles && (await fails({ maxFiles: files }))) maxFiles = files
    }
  }
  return simulate(seed, { ...options, without, maxFiles, transcript: true })
}
