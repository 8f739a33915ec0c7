import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pnpm } from './run.mjs'

export const packages = fileURLToPath(new URL('../..', import.meta.url))

/** The packages that are published, as their package.json describes them. */
export const published = readdirSync(packages, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => {
    try {
      return [JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))]
    } catch (error) {
      if (error.code === 'ENOENT') return []
      throw error
    }
  })
  .filter((manifest) => manifest.private !== true)

/**
 * Packs every published package as `pnpm publish` would; wants a build.
 *
 * @returns the path of its tarball for each name
 */
export async function packAll(folder) {
  mkdirSync(folder, { recursive: true })
  const filters = published.flatMap(({ name }) => ['--filter', name])
  await pnpm([...filters, 'pack', '--pack-destination', folder], packages)
  return Object.fromEntries(
    published.map(({ name, version }) => [
      name,
      join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
    ]),
  )
}
