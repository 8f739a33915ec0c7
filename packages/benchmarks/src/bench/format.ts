import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../../../../', import.meta.url)

/** As the linter wants them. */
export function format(files: readonly URL[]): void {
  const biome = fileURLToPath(new URL('node_modules/@biomejs/biome/bin/biome', ROOT))
  const args = [biome, 'format', '--write', ...files.map((file) => fileURLToPath(file))]
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(ROOT),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`Biome ended with ${status}: ${stderr.trim().slice(-300)}`)
}
