// Runs the tests of this folder in a real Chromium: npm run test:browser [-- vitest's arguments]
//
// Takes the Chromium that CHROMIUM_PATH names, or the first one on PATH. Without one it says so and
// runs nothing; where CI is true it then ends with 77, which .ci/run knows.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

const chromium = process.env.CHROMIUM_PATH || onPath()
if (chromium === undefined || !isExecutable(chromium)) {
  console.error(
    chromium === undefined
      ? 'The browser tests were skipped: there is no Chromium on PATH.'
      : `The browser tests were skipped: CHROMIUM_PATH is ${chromium}, and that cannot be run.`,
  )
  console.error('To get it: apt-get install chromium (Debian), or set CHROMIUM_PATH to a Chromium.')
  process.exit(process.env.CI === 'true' ? 77 : 0)
}

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const { status, error } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    fileURLToPath(new URL('vitest.config.ts', import.meta.url)),
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, CHROMIUM_PATH: chromium } },
)
if (error) throw error
process.exit(status ?? 1)
