import { posix } from 'node:path'
import ts from 'typescript'

/** One import, export-from or `import()` of a file. */
export interface Import {
  readonly from: string
  /** `import type` and `export type`: gone once compiled. */
  readonly typeOnly: boolean
}

/** What a package.json says, as far as imports are concerned. */
export interface Manifest {
  readonly exports: readonly string[]
  /** Names of dependencies and peerDependencies. */
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
}

interface PackageRule {
  /** Packages of this workspace that the sources may import. */
  readonly uses: readonly string[]
  /** Arrows that DESIGN §3 does not draw: packages of which the sources may import these entries only. */
  readonly alsoUses?: Readonly<Record<string, readonly string[]>>
  /** Packages of this workspace that only tests, scripts and the like may import. */
  readonly testsUse?: readonly string[]
  /** Whether the sources may import `node:` modules. */
  readonly node?: true
}

const SCOPE = '@s3-bg-uploader/'

/** DESIGN §3: who may import whom. A package that is not named here may not exist. */
export const PACKAGES: Readonly<Record<string, PackageRule>> = {
  core: { uses: [] },
  'transport-node': { uses: ['core'], testsUse: ['testkit'], node: true },
  'transport-fetch': { uses: ['core'], testsUse: ['testkit', 'chromium'] },
  'transport-react-native': { uses: ['core'], testsUse: ['testkit'] },
  react: { uses: ['core'] },
  backend: { uses: ['core'], node: true },
  testkit: { uses: ['core', 'backend'], node: true },
  cli: {
    uses: ['core', 'transport-node', 'backend'],
    // `check` runs the suite for backends as a command.
    alsoUses: { testkit: ['./conformance/backend'] },
    testsUse: ['testkit'],
    node: true,
  },
  // Where Chromium is, and how tests and scripts start it.
  chromium: { uses: [], node: true },
  'example-web': {
    uses: ['core', 'transport-fetch', 'react', 'backend'],
    testsUse: ['chromium'],
    node: true,
  },
  'example-expo': { uses: ['core', 'transport-react-native', 'react'] },
  // Its apps are no part of the workspace: they install what was packed.
  consumers: { uses: [], testsUse: ['chromium'], node: true },
  // What it shows in code blocks it has to depend on.
  docs: {
    uses: [
      'core',
      'transport-node',
      'transport-fetch',
      'transport-react-native',
      'react',
      'backend',
      'testkit',
      'cli',
    ],
    node: true,
  },
  benchmarks: {
    uses: ['core', 'transport-node', 'transport-fetch', 'backend', 'testkit', 'chromium'],
    node: true,
  },
}

/**
 * Scripts that try several packages together, as built, and belong to none of their tests: what they
 * may load by path, outside of the arrows. Nothing that is published may.
 */
const REACHES: Readonly<Record<string, readonly string[]>> = {
  'packages/backend/scripts/s3/browser.mjs': ['packages/chromium/find-chromium.mjs'],
  'packages/backend/scripts/s3/conformance.mjs': ['packages/testkit/dist/index.js'],
  'packages/backend/scripts/s3/site.mjs': [
    'packages/core/dist/index.js',
    'packages/transport-node/dist/index.js',
  ],
  'packages/transport-react-native/scripts/test-vectors.mjs': ['packages/core/dist/hash/xxh64.js'],
}

interface LayerRule {
  /** Folders and files of `src` that this layer may import. */
  readonly uses: readonly string[]
  /** Folders and files of `src` of which this layer may import the types. */
  readonly usesTypesOf?: readonly string[]
  /** Packages from the registry. */
  readonly packages?: readonly string[]
}

/** DESIGN §4: the layers of core; imports go down only. */
export const LAYERS: Readonly<Record<string, LayerRule>> = {
  'index.ts': {
    uses: ['uploader', 'runtime', 'machine', 'protocol', 'hash', 'ports.ts', 'errors.ts'],
  },
  // An entry of its own, so that no client loads zod.
  'wire.ts': { uses: ['protocol'], packages: ['zod'] },
  uploader: {
    uses: ['uploader', 'runtime', 'machine', 'protocol', 'hash', 'ports.ts', 'errors.ts'],
  },
  runtime: {
    uses: ['runtime', 'machine', 'protocol', 'hash', 'ports.ts', 'errors.ts'],
    packages: ['p-limit'],
  },
  protocol: {
    uses: ['protocol', 'errors.ts'],
    usesTypesOf: ['ports.ts', 'machine/failure.ts', 'uploader/types.ts'],
  },
  hash: { uses: ['hash', 'errors.ts'], usesTypesOf: ['ports.ts'], packages: ['xxhash-wasm'] },
  machine: { uses: ['machine'], usesTypesOf: ['errors.ts'] },
  'ports.ts': { uses: [], usesTypesOf: ['errors.ts'] },
  'errors.ts': { uses: [] },
  'globals.d.ts': { uses: [] },
}

/** Every module that the source text of a file imports, in the order of the text. */
export function importsOf(path: string, text: string): readonly Import[] {
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      found.push({ from: node.moduleSpecifier.text, typeOnly })
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      if (ts.isStringLiteral(node.moduleSpecifier)) {
        found.push({ from: node.moduleSpecifier.text, typeOnly: node.isTypeOnly })
      }
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument
      if (ts.isStringLiteral(literal)) found.push({ from: literal.text, typeOnly: true })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteralLike(argument)) {
        found.push({ from: argument.text, typeOnly: false })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022))
  return found
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
