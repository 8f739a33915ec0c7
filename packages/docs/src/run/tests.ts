import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Ends what hangs, milliseconds. */
const LONGEST = 150_000

/** Runs the blocks named `*.test.ts` that `checkCode` wrote into a folder; whether they passed. */
export function runTests(folder: string): boolean {
  const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')))
  // Otherwise the one of the repository would be found.
  writeFileSync(
    join(folder, 'vitest.config.js'),
    'export default { test: { testTimeout: 30_000 } }\n',
  )
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--reporter', 'dot'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
    timeout: LONGEST,
  })
  return status === 0
}
