import { resolve } from 'node:path'
import { UsageError } from '../usage-error.ts'

/**
 * Reads `--state`, which becomes absolute.
 *
 * @throws UsageError
 */
export function parseStateDir(dir: string): string {
  if (dir === '') throw new UsageError('--state must not be empty')
  return resolve(dir)
}

/**
 * Reads the `--state` of a command that cannot do without.
 *
 * @throws UsageError
 */
export function requireStateDir(dir: string | undefined): string {
  if (dir !== undefined) return parseStateDir(dir)
  throw new UsageError('--state is missing', 'Give the folder that upload --state was given.')
}
