import { statSync } from 'node:fs'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BIN } from '../torture/child.ts'
import { Bench } from './bench.ts'
import type { Trial } from './trial.ts'

const DENIED =
  /^error: The journal in .* could not be opened: permission denied \[store_failed\]\nhint: Let this user write/

/** Root may write anywhere, so that `nobody` has to try. */
const uid = process.getuid?.() === 0 ? 65_534 : undefined

/** The journal cannot be made, or opened, for want of permission. */
export const noPermission: Trial = {
  name: 'no-permission',
  title: 'a journal in a folder that the client may not write to',
  obstacle() {
    if (process.platform === 'win32') return 'folders have no modes here'
    if (uid === undefined || isOpenToAll(BIN)) return undefined
    return 'this is root, and nobody else may run the program from this checkout'
  },
  async run(dir) {
    const bench = await Bench.open(dir, { parts: 4, partSize: 64 * 1024 })
    try {
      return { lines: [await refuse(bench, dir)], violations: bench.violations }
    } finally {
      await bench.close()
    }
  },
}

async function refuse(bench: Bench, dir: string): Promise<string> {
  const folder = join(dir, 'sealed')
  const state = join(folder, 'new')
  await mkdir(folder)
  // Only the folder itself shall be closed.
  for (const path of [dirname(dir), dir]) await chmod(path, 0o755)
  await chmod(folder, 0o555)
  for (const place of [folder, state]) {
    const client = bench.upload({ state: place, uid })
    bench.checkEnd('a client without permission', await client.ended, 1, DENIED)
  }
  bench.check((await readdir(folder)).length === 0, 'something was made in the folder')
  bench.check(bench.witness.counts.start === 0, 'the backend was asked')
  await chmod(folder, 0o777)
  bench.checkEnd('the same client', await bench.upload({ state, uid }).ended, 0)
  await bench.checkStored(state)
  return 'exit code 1, no request, nothing made; with permission the same client finished'
}

/** Whether everybody may read it, and enter all the folders above it. */
function isOpenToAll(path: string, needed = 0o004): boolean {
  if ((statSync(path).mode & needed) !== needed) return false
  return dirname(path) === path || isOpenToAll(dirname(path), 0o001)
}
