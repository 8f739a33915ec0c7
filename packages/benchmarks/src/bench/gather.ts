import type { Case } from './case.ts'
import type { Contestant } from './contestants.ts'
import { fullCases } from './full-cases.ts'
import type { Run } from './outcome.ts'
import { findProgram, installNpmPeers, type ProgramName } from './peers.ts'
import { programs } from './programs.ts'
import { shortCases } from './short-cases.ts'

/** What can be measured here, and what cannot. */
export interface Gathered {
  readonly cases: readonly Case[]
  /** Where the peers of npm are. */
  readonly peers: string | undefined
  readonly leftOut: readonly string[]
}

const PROGRAMS: Readonly<Record<Run['form'], readonly ProgramName[]>> = {
  full: ['curl', 'aws', 's5cmd', 'rclone'],
  short: ['curl'],
}

/** Installs the peers, and leaves out those that cannot be had. */
export function gather(form: Run['form']): Gathered {
  const leftOut: string[] = []
  const had = new Set<Contestant['needs']>(['nothing'])

  function attempt<T>(needs: Contestant['needs'], what: string, get: () => T): T | undefined {
    try {
      const result = get()
      had.add(needs)
      return result
    } catch (error) {
      leftOut.push(`${what}: ${error instanceof Error ? error.message : error}`)
      return undefined
    }
  }

  const peers = attempt('npm peers', 'lib-storage, minio, tus', installNpmPeers)
  const found: Partial<Record<ProgramName, string>> = {}
  for (const name of PROGRAMS[form]) {
    const path = attempt(name, name, () => {
      if (process.platform !== 'linux') throw new Error('its CPU time is only known on Linux')
      return findProgram[name]()
    })
    if (path !== undefined) found[name] = path
  }
  const cases = form === 'short' ? shortCases(programs(found)) : fullCases(programs(found))
  return {
    peers,
    leftOut,
    cases: cases.map((one) => ({
      ...one,
      contestants: one.contestants.filter(({ needs }) => had.has(needs)),
    })),
  }
}
