import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const NPM_PEERS = {
  '@aws-sdk/client-s3': '3.1169.0',
  '@aws-sdk/lib-storage': '3.1169.0',
  '@tus/server': '2.4.5',
  minio: '8.0.7',
  'tus-js-client': '4.3.1',
}
const AWS_CLI = 'awscli==1.46.3'

/** Installs the peers of npm, unless that was done before. @returns the folder. */
export function installNpmPeers(): string {
  const name = `peers-${Object.values(NPM_PEERS).join('-')}`
  return installOnce(name, (folder) => {
    const manifest = { private: true, dependencies: NPM_PEERS }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts'], folder)
  })
}

/** Installs the AWS CLI from PyPI, likewise. @returns the path of the program. */
export function installAwsCli(): string {
  // A virtual environment knows its own path, so it cannot be made elsewhere and moved.
  const folder = join(cache(), AWS_CLI.replace('==', '-'))
  const program = join(folder, 'bin', 'aws')
  if (!existsSync(program)) {
    mkdirSync(cache(), { recursive: true })
    run('python3', ['-m', 'venv', '--clear', folder], cache())
    const args = ['install', '--quiet', '--disable-pip-version-check', AWS_CLI]
    run(join(folder, 'bin', 'pip'), args, folder)
  }
  return program
}

/** @throws Error when there is no curl, or none that sends files in parallel. */
export function findCurl(): void {
  run('curl', ['--parallel', '--version'], cache())
}

function cache(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 's3-bg-uploader')
}

/** Makes a folder of the cache as a whole or not at all. */
function installOnce(name: string, install: (folder: string) => void): string {
  const folder = join(cache(), name)
  if (existsSync(folder)) return folder
  mkdirSync(cache(), { recursive: true })
  const fresh = mkdtempSync(join(cache(), 'installing-'))
  try {
    install(fresh)
    renameSync(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return folder
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.trim().slice(-300)}`)
}
