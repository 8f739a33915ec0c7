import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const conditions = ['source', 'module', 'node', 'import', 'default']

// biome-ignore lint/style/noDefaultExport: vitest asks for it
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: 'runtimes',
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['**/*.runtimes.ts'],
    setupFiles: [fileURLToPath(new URL('../../../core/test/guards/hermetic.ts', import.meta.url))],
    environment: 'node',
    allowOnly: false,
    retry: 0,
    // Ends a test that hangs; no test is about time, and slow machines are no failure.
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
