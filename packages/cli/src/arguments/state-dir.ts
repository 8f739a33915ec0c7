import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CommandError } from '../command-error.ts'
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
 * Reads the `--state` of a command that needs a journal that is there: a folder that was misspelt
 * must not be made.
 *
 * @throws UsageError, CommandError
 */
export function requireStateDir(dir: string | undefined): string {
  if (dir === undefined) {
    throw new UsageError('--state is missing', 'Give the folder that upload --state was given.')
  }
  const path = parseStateDir(dir)
  // The folder of its lock is the first thing that a journal makes.
  if (existsSync(join(path, 'lock'))) return path
  throw new CommandError(
    `There is no journal in ${path}`,
    'Give the folder that upload --state was given.',
  )
}
