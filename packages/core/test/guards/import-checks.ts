import { posix } from 'node:path'
import { LAYERS, PACKAGES, type PackageRule, REACHES } from './import-rules.ts'
import type { Import } from './imports-of.ts'

const SCOPE = '@s3-bg-uploader/'

/** What a package.json says, as far as imports are concerned. */
export interface Manifest {
  readonly exports: readonly string[]
  /** Names of dependencies and peerDependencies. */
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

/**
 * What is wrong with an import, or undefined.
 *
 * @param path from the root of the repository, with `/`: `packages/core/src/index.ts`
 * @param manifests by folder; '' is the root
 */
export function violationOf(
  path: string,
  { from, typeOnly }: Import,
  manifests: Readonly<Record<string, Manifest>>,
): string | undefined {
  const [, own = '', part = ''] = path.split('/')
  const rule = PACKAGES[own]
  const manifest = manifests[own]
  if (rule === undefined || manifest === undefined) return `no rule for packages/${own}`
  const inSource = part === 'src'

  if (from.startsWith('.')) {
    const home = inSource ? `packages/${own}/src/` : `packages/${own}/`
    const target = posix.join(posix.dirname(path), from)
    if (REACHES[path]?.includes(target)) return undefined
    if (!target.startsWith(home)) return `leaves ${home}`
    if (own === 'core' && inSource) {
      return layerViolation(path.slice(home.length), target.slice(home.length), typeOnly)
    }
    return undefined
  }

  if (from.startsWith('node:')) {
    return inSource && !rule.node ? `${own} runs where there is no Node` : undefined
  }

  const name = from.split('/', from.startsWith('@') ? 2 : 1).join('/')
  if (name.startsWith(SCOPE)) {
    const other = name.slice(SCOPE.length)
    if (other === own) {
      if (inSource) return 'a package imports its own files by path'
    } else if (!arrowsOf(rule, inSource).includes(other)) {
      return `${own} may not import ${other}`
    }
    const entry = `.${from.slice(name.length)}`
    const only = inSource ? rule.alsoUses?.[other] : undefined
    if (only !== undefined && !only.includes(entry)) {
      return `${own} may import only ${only.join(', ')} of ${other}`
    }
    if (!manifests[other]?.exports.includes(entry)) return `${other} does not export ${entry}`
    if (other === own) return undefined
  } else if (own === 'core' && inSource) {
    const layer = layerOf(path.slice('packages/core/src/'.length))
    if (!LAYERS[layer]?.packages?.includes(name)) return `${layer} may not import ${name}`
  }

  const declared = inSource
    ? manifest.dependencies
    : [
        ...manifest.dependencies,
        ...manifest.devDependencies,
        ...(manifests['']?.devDependencies ?? []),
      ]
  // Some modules are there for their types only: those of AWS Lambda have no code.
  if (declared.includes(name) || (typeOnly && declared.includes(`@types/${name}`))) return undefined
  return `package.json of ${own} does not declare ${name}`
}

function arrowsOf(
  { uses, alsoUses = {}, testsUse = [] }: PackageRule,
  inSource: boolean,
): readonly string[] {
  return [...uses, ...Object.keys(alsoUses), ...(inSource ? [] : testsUse)]
}

/** Packages of this workspace among `names`, without the scope. */
function workspaceOf(names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(SCOPE)).map((name) => name.slice(SCOPE.length))
}

/** Arrows of a package.json that DESIGN §3 does not allow. */
export function arrowViolations(own: string, manifest: Manifest): readonly string[] {
  const rule = PACKAGES[own]
  if (rule === undefined) return [`no rule for packages/${own}`]
  const refused = (names: readonly string[], inSource: boolean): readonly string[] =>
    workspaceOf(names).filter((name) => !arrowsOf(rule, inSource).includes(name))
  return [
    ...refused(manifest.dependencies, true).map((name) => `${own} may not depend on ${name}`),
    ...refused(manifest.devDependencies, false).map((name) => `${own} may not test with ${name}`),
  ]
}

/** Who depends on whom in the workspace, devDependencies included. */
export function workspaceArrows(
  manifests: Readonly<Record<string, Manifest>>,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(manifests).map(([own, { dependencies, devDependencies }]) => [
      own,
      workspaceOf([...dependencies, ...devDependencies]),
    ]),
  )
}

function layerOf(pathInSource: string): string {
  return pathInSource.split('/')[0] ?? ''
}

function layerViolation(path: string, target: string, typeOnly: boolean): string | undefined {
  const layer = layerOf(path)
  const rule = LAYERS[layer]
  if (rule === undefined) return `no rule for the layer ${layer}`
  const names = [target, layerOf(target)]
  if (names.some((name) => rule.uses.includes(name))) return undefined
  const asType = names.some((name) => rule.usesTypesOf?.includes(name))
  if (asType) return typeOnly ? undefined : `${layer} may import only types of ${target}`
  return `${layer} may not import ${target}`
}
