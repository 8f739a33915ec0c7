import { type Case, fullCases, shortCases } from './cases.ts'
import { awsCli, type Contestant } from './contestants.ts'
import type { Run } from './outcome.ts'
import { findCurl, installAwsCli, installNpmPeers } from './peers.ts'

/** What can be measured here, and what cannot. */
export interface Gathered {
  readonly cases: readonly Case[]
  /** Where the peers of npm are. */
  readonly peers: string | undefined
  readonly leftOut: readonly string[]
}

/** Installs the peers, and leaves out those that cannot be had. */
export function gather(form: Run['form']): Gathered {
  const leftOut: string[] = [
    's5cmd and rclone: both are programs of Go, to be built from source; curl and the AWS CLI stand for what is not JavaScript.',
  ]
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

  function measurable(): void {
    if (process.platform !== 'linux') throw new Error('its CPU time is only known on Linux')
  }

  const peers = attempt('npm peers', 'lib-storage, minio, tus', installNpmPeers)
  attempt('curl', 'curl', () => {
    measurable()
    findCurl()
  })
  const aws =
    form === 'short'
      ? undefined
      : attempt('aws', 'aws s3 cp', () => {
          measurable()
          return installAwsCli()
        })
  const cases = form === 'short' ? shortCases() : fullCases(aws === undefined ? [] : [awsCli(aws)])
  return {
    peers,
    leftOut,
    cases: cases.map((one) => ({
      ...one,
      contestants: one.contestants.filter(({ needs }) => had.has(needs)),
    })),
  }
}
