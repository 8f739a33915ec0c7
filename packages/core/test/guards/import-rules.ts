export interface PackageRule {
  /** Packages of this workspace that the sources may import. */
  readonly uses: readonly string[]
  /** Arrows that DESIGN §3 does not draw: packages of which the sources may import these entries only. */
  readonly alsoUses?: Readonly<Record<string, readonly string[]>>
  /** Packages of this workspace that only tests, scripts and the like may import. */
  readonly testsUse?: readonly string[]
  /** Whether the sources may import `node:` modules. */
  readonly node?: true
}

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
    // `check` runs the suite for backends as a command, and torture draws from the simulator's randomness.
    alsoUses: { testkit: ['./conformance/backend', './sim'] },
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
export const REACHES: Readonly<Record<string, readonly string[]>> = {
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
