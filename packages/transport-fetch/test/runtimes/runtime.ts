import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A JavaScript runtime that is no Node and no browser. */
export interface Runtime {
  readonly name: string
  /** Why it cannot be had, or undefined. */
  readonly missing: string | undefined
  /** Runs a program of this folder and resolves with what it wrote. Rejects when it fails. */
  run(program: string, ...parameters: readonly string[]): Promise<string>
}

/**
 * A runtime that npx fetches, or has fetched already.
 *
 * @param command what comes before the path of a program
 */
export function fetchedRuntime(name: string, version: string, command: readonly string[]): Runtime {
  const npx = ['--yes', `${name}@${version}`]
  const { status, stderr, error } = spawnSync('npx', [...npx, '--version'], { encoding: 'utf8' })
  return {
    name,
    missing:
      status === 0
        ? undefined
        : `${name} ${version} cannot be fetched: ${error?.message ?? stderr}`,
    async run(program, ...parameters) {
      const path = fileURLToPath(new URL(program, import.meta.url))
      const all = [...npx, ...command, path, ...parameters]
      return (await promisify(execFile)('npx', all, { maxBuffer: 2 ** 26 })).stdout
    },
  }
}
