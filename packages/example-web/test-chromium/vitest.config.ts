import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const conditions = ['source', 'module', 'node', 'import', 'default']

// biome-ignore lint/style/noDefaultExport: vitest asks for it
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: 'page',
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['**/*.chromium.ts'],
    setupFiles: [fileURLToPath(new URL('../../core/test/guards/hermetic.ts', import.meta.url))],
    environment: 'node',
    allowOnly: false,
    retry: 0,
    // Each browser takes more than one core already.
    fileParallelism: false,
    // Ends a test that hangs; no test is about time, and slow machines are no failure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
