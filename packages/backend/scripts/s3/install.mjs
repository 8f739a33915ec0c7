import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run } from './process.mjs'

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 's3-bg-uploader', 's3')

/** Gives the folder of a program; installs it there first, unless that was done before. */
async function installOnce(name, install) {
  const folder = join(cache, name)
  const done = join(folder, '.installed')
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    await install(folder)
    writeFileSync(done, '')
  }
  return folder
}

/** Builds Go programs; their source comes through the module proxy. */
export function goInstall(name, modules) {
  return (signal) =>
    installOnce(name, async (folder) => {
      const env = { GOBIN: folder, GOFLAGS: '-trimpath -buildvcs=false', CGO_ENABLED: '0' }
      for (const module of modules) {
        await run('nice', ['-n', '10', 'go', 'install', module], { env, signal })
      }
    })
}

/** Builds a program of crates.io. */
export function cargoInstall(name, crate, version, features) {
  return (signal) =>
    installOnce(name, async (folder) => {
      const args = ['install', '--quiet', '--locked', '--root', folder, '--features', features]
      await run('nice', ['-n', '10', 'cargo', ...args, `${crate}@${version}`], { signal })
    })
}

/** Installs from PyPI into a virtual environment of its own. */
export function pipInstall(name, requirements) {
  return (signal) =>
    installOnce(name, async (folder) => {
      await run('python3', ['-m', 'venv', folder], { signal })
      const pip = join(folder, 'bin/pip')
      await run(pip, ['install', '--quiet', '--disable-pip-version-check', ...requirements], {
        signal,
      })
    })
}

/** Installs from npm's registry. */
export function npmInstall(name, packages) {
  return (signal) =>
    installOnce(name, async (folder) => {
      writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
      const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages]
      await run('npm', args, { cwd: folder, signal })
    })
}
