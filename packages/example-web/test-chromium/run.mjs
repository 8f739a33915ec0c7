// Runs the tests of this folder in a real Chromium: npm run test:browser --prefix packages/example-web
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findChromium } from '../scripts/find-chromium.mjs'

const chromium = findChromium()
if (chromium === undefined) {
  console.error(
    'The tests of the page were skipped: there is no Chromium. Set CHROMIUM_PATH to one.',
  )
  process.exit(process.env.CI === 'true' ? 77 : 0)
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
const { status, error } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', config, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, CHROMIUM_PATH: chromium } },
)
if (error) throw error
process.exit(status ?? 1)
