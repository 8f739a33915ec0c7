import { readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const packages = new URL('./packages/', import.meta.url)
const conditions = ['source', 'module', 'node', 'import', 'default']

/** One project a package that has tests; they run on the sources, without a build. */
export default defineConfig({
  test: {
    projects: readdirSync(packages, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({
        resolve: { conditions },
        ssr: { resolve: { conditions, externalConditions: conditions } },
        test: {
          name,
          root: `./packages/${name}`,
          include: ['test/**/*.test.ts', 'test/**/*.test-d.ts'],
          environment: 'node',
        },
      })),
  },
})
