import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A folder outside the repository in which npm has installed these packages, written
 * `name@version`. It is kept for the next run, and appears whole or not at all.
 *
 * @throws Error when npm cannot install them.
 */
export function installed(packages) {
  const key = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 16)
  const cache = join(tmpdir(), 's3-bg-uploader-tools')
  const folder = join(cache, key)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const fresh = mkdtempSync(join(cache, 'install-'))
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }')
  const options = [
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--loglevel=error',
  ]
  const { status, error } = spawnSync('npm', ['install', ...options, ...packages], {
    cwd: fresh,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status === 0 && !existsSync(folder)) {
    renameSync(fresh, folder)
    return folder
  }
  rmSync(fresh, { recursive: true, force: true })
  if (status === 0) return folder
  throw new Error(`npm could not install ${packages.join(', ')}`, { cause: error })
}
