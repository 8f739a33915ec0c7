import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, violationOf } from './import-checks.ts'
import { importsOf } from './imports-of.ts'

/** What is written by hand, and not for the apps that consumers/scripts builds elsewhere. */
const CODE = /\.[cm]?[jt]sx?$/
const NOT_OURS = /(^|\/)(node_modules|dist|target|\.tmp|\.expo)(\/|$)|^apps\//

/** The folders in `packages` of a repository that are packages. */
export function packageFolders(repository: string): readonly string[] {
  return readdirSync(join(repository, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(repository, 'packages', name, 'package.json')))
}

/** What the package.json of every package says, by folder; '' is the root. */
export function readManifests(repository: string): Readonly<Record<string, Manifest>> {
  return Object.fromEntries(
    ['', ...packageFolders(repository)].map((folder) => {
      const path = join(repository, folder && `packages/${folder}`, 'package.json')
      const json = JSON.parse(readFileSync(path, 'utf8'))
      const manifest: Manifest = {
        exports: Object.keys(json.exports ?? {}),
        dependencies: Object.keys({ ...json.dependencies, ...json.peerDependencies }),
        devDependencies: Object.keys(json.devDependencies ?? {}),
      }
      return [folder, manifest]
    }),
  )
}

/** Paths of all code of a package, from the root of the repository. */
function codeOf(repository: string, folder: string): readonly string[] {
  const walk = (path: string): readonly string[] =>
    readdirSync(join(repository, 'packages', folder, path), { withFileTypes: true }).flatMap(
      (entry) => {
        const inside = path === '' ? entry.name : `${path}/${entry.name}`
        if (NOT_OURS.test(`${inside}${entry.isDirectory() ? '/' : ''}`)) return []
        if (entry.isDirectory()) return walk(inside)
        return CODE.test(entry.name) ? [`packages/${folder}/${inside}`] : []
      },
    )
  return walk('')
}

/** Every import of a package that DESIGN §3 and §4 forbid or that its package.json does not declare. */
export function forbiddenImports(
  repository: string,
  folder: string,
  manifests: Readonly<Record<string, Manifest>>,
): readonly string[] {
  return codeOf(repository, folder).flatMap((path) =>
    importsOf(path, readFileSync(join(repository, path), 'utf8')).flatMap((one) => {
      const violation = violationOf(path, one, manifests)
      return violation === undefined ? [] : [`${path}: '${one.from}': ${violation}`]
    }),
  )
}
