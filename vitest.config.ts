import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const packages = new URL('./packages/', import.meta.url)
// Not `module`: Node gets these too, and cannot load what packages keep for bundlers.
const conditions = ['source', 'node']

const hasTypeTests = (folder: URL): boolean =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((file) =>
    file.endsWith('.test-d.ts'),
  )

/**
 * Their tests share the modules that a worker has loaded: nothing in these packages keeps state in a
 * module or in a global, and loading everything anew for each file is half of what they cost.
 */
const sharing = new Set(['core', 'backend'])

/** One project a package that has tests; they run on the sources, without a build. */
export default defineConfig({
  test: {
    allowOnly: false,
    // Not one core less than there are, as is the default: half of the time is waiting for disks.
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.{ts,tsx}'],
      reporter: ['json-summary', 'html'],
    },
    projects: readdirSync(packages)
      .filter((name) => existsSync(new URL(`${name}/test`, packages)))
      .map((name) => ({
        resolve: { conditions },
        ssr: { resolve: { conditions, externalConditions: conditions } },
        test: {
          name,
          root: fileURLToPath(new URL(name, packages)),
          include: ['test/**/*.test.ts'],
          // What the types of the sources say is for `tsc -b`; here the type tests speak.
          typecheck: {
            enabled: hasTypeTests(new URL(`${name}/test`, packages)),
            include: ['test/**/*.test-d.ts'],
            tsconfig: 'test/tsconfig.json',
            ignoreSourceErrors: true,
          },
          setupFiles: [fileURLToPath(new URL('core/test/guards/hermetic.ts', packages))],
          environment: 'node',
          isolate: !sharing.has(name),
          retry: 0,
          // Ends a test that hangs; no test is about time, and slow machines are no failure.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      })),
  },
})
