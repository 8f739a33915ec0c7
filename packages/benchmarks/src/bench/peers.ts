import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What is not JavaScript. */
export type ProgramName = 'curl' | 'aws' | 's5cmd' | 'rclone'

const NPM_PEERS = {
  '@aws-sdk/client-s3': '3.1169.0',
  '@aws-sdk/lib-storage': '3.1169.0',
  '@tus/server': '2.4.5',
  minio: '8.0.7',
  'tus-js-client': '4.3.1',
}
const AWS_CLI = 'awscli==1.46.3'
const S5CMD = { module: 'github.com/peak/s5cmd/v2', version: 'v2.3.0' }
const RCLONE = { module: 'github.com/rclone/rclone', version: 'v1.76.0' }

/** Each finds or installs one of them. @returns the path of the program. */
export const findProgram: Readonly<Record<ProgramName, () => string>> = {
  curl: findCurl,
  aws: installAwsCli,
  s5cmd: () => buildGoProgram('s5cmd', S5CMD),
  rclone: () => buildGoProgram('rclone', RCLONE),
}

/** Installs the peers of npm, unless that was done before. @returns the folder. */
export function installNpmPeers(): string {
  const name = `peers-${Object.values(NPM_PEERS).join('-')}`
  return installOnce(name, (folder) => {
    const manifest = { private: true, dependencies: NPM_PEERS }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
    run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts'], folder)
  })
}

/** @throws Error when there is no curl, or none that sends files in parallel. */
function findCurl(): string {
  run('curl', ['--parallel', '--version'], cache())
  return 'curl'
}

/** Installs the AWS CLI from PyPI, unless that was done before. */
function installAwsCli(): string {
  // A virtual environment knows its own path, so it cannot be made elsewhere and moved.
  const folder = join(cache(), AWS_CLI.replace('==', '-'))
  const program = join(folder, 'bin', 'aws')
  if (!existsSync(program)) {
    console.log(`Installing ${AWS_CLI}, this once`)
    run('python3', ['-m', 'venv', '--clear', folder], cache())
    const args = ['install', '--quiet', '--disable-pip-version-check', AWS_CLI]
    run(join(folder, 'bin', 'pip'), args, folder)
  }
  return program
}

/** Builds from what the module proxy has, unless that was done before. */
function buildGoProgram(name: string, { module, version }: typeof RCLONE): string {
  const folder = installOnce(`${name}-${version}`, (fresh) => {
    // Not `go install`, which also wants the list of all versions. And no other toolchain than the one here.
    const env = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-trimpath -buildvcs=false' }
    const download = ['mod', 'download', '-json', `${module}@${version}`]
    const { Dir } = JSON.parse(run('go', download, fresh, env)) as { readonly Dir: string }
    run('go', ['build', '-mod=readonly', '-o', join(fresh, name), '.'], Dir, env)
  })
  return join(folder, name)
}

function cache(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 's3-bg-uploader')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Makes a folder of the cache as a whole or not at all. */
function installOnce(name: string, install: (folder: string) => void): string {
  const folder = join(cache(), name)
  if (existsSync(folder)) return folder
  console.log(`Installing ${name}, this once`)
  const fresh = mkdtempSync(join(cache(), 'installing-'))
  try {
    install(fresh)
    renameSync(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return folder
}

/** @returns what it wrote to stdout. */
function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.trim().slice(-300)}`)
  return stdout
}
