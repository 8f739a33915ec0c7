import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { requireChromium } from './find-chromium.mjs'

/**
 * Runs Vitest with the config at this URL, the command line's arguments, and CHROMIUM_PATH. Without a
 * Chromium it says so and runs nothing; where CI is true it then ends with 77, which .ci/run knows.
 */
export function runTests(config) {
  let chromium
  try {
    chromium = requireChromium()
  } catch (error) {
    console.error(`The tests in a browser were skipped. ${error.message}`)
    process.exit(process.env.CI === 'true' ? 77 : 0)
  }
  const { status, error } = spawnSync(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      fileURLToPath(config),
      ...process.argv.slice(2),
    ],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: 'inherit',
      env: { ...process.env, CHROMIUM_PATH: chromium },
    },
  )
  if (error) throw error
  process.exit(status ?? 1)
}
