import { type SimulateOptions, simulate, type Violation } from '@s3-bg-uploader/testkit/sim'

export interface Caught {
  readonly violation: Violation
  /** How many seeds it took. */
  readonly seeds: number
}

/** Runs seeds until one fails. */
export async function untilCaught(
  most: number,
  options: SimulateOptions = {},
): Promise<Caught | undefined> {
  for (let seed = 1; seed <= most; seed += 1) {
    const { violation } = await simulate(seed, options)
    if (violation !== undefined) return { violation, seeds: seed }
  }
  return undefined
}
