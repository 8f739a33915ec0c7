import { type SimulateOptions, simulate, type Violation } from '@s3-bg-uploader/testkit/sim'

export interface Caught {
  readonly violation: Violation
  /** How many seeds it took. */
  readonly seeds: number
}

/** Runs seeds until one fails, each in all these ways. */
export async function untilCaught(
  most: number,
  ...ways: readonly SimulateOptions[]
): Promise<Caught | undefined> {
  for (let seed = 1; seed <= most; seed += 1) {
    for (const options of ways) {
      const { violation } = await simulate(seed, options)
      if (violation !== undefined) return { violation, seeds: seed }
    }
  }
  return undefined
}
