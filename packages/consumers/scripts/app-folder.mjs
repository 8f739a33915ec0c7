import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.mjs'

const SCOPE = '@s3-bg-uploader/'
const apps = fileURLToPath(new URL('../apps', import.meta.url))

/**
 * Makes an empty folder, copies `apps/NAME` into it, and lets npm install what the app uses: our
 * packages from the tarballs, also where only another of ours asks for them, all else from the
 * registry.
 *
 * @param ours names of our packages, without the scope
 * @returns the folder
 */
export async function appFolder({ work, tarballs }, name, ours, dependencies = {}) {
  const folder = join(work, name)
  mkdirSync(folder)
  cpSync(join(apps, name), folder, { recursive: true })
  const direct = ours.map((short) => SCOPE + short)
  const manifest = {
    name: `consumer-${name}`,
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(direct.map((one) => [one, `file:${tarballs[one]}`])),
      ...dependencies,
    },
    overrides: Object.fromEntries(
      Object.entries(tarballs).map(([one, path]) => [
        one,
        direct.includes(one) ? `$${one}` : `file:${path}`,
      ]),
    ),
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2))
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  await run('npm', ['install', ...quiet], folder)
  return folder
}
