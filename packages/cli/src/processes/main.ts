import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clock } from './clock.ts'
import { fullDisk } from './full-disk.ts'
import { noPermission } from './no-permission.ts'
import { oneJournal } from './one-journal.ts'
import { readOnlyDisk } from './read-only-disk.ts'
import { sabotage } from './sabotage.ts'
import { shortUrlLife } from './short-url-life.ts'
import type { Trial } from './trial.ts'

const TRIALS: readonly Trial[] = [
  sabotage,
  clock,
  shortUrlLife,
  oneJournal,
  fullDisk,
  readOnlyDisk,
  noPermission,
]

const names = process.argv.slice(2)
const unknown = names.filter((name) => !TRIALS.some((trial) => trial.name === name))
if (unknown.length > 0) {
  console.error(`error: there is no trial ${unknown[0]}; there are:`)
  for (const { name, title } of TRIALS) console.error(`  ${name.padEnd(16)} ${title}`)
  process.exit(2)
}
let failed = 0
for (const trial of TRIALS) {
  if (names.length === 0 || names.includes(trial.name)) failed += (await passes(trial)) ? 0 : 1
}
process.exit(failed === 0 ? 0 : 1)

async function passes({ name, title, obstacle, run }: Trial): Promise<boolean> {
  console.log(`${name}: ${title}`)
  const reason = obstacle?.()
  if (reason !== undefined) {
    console.log(`  left out: ${reason}\n`)
    return true
  }
  const root = await mkdtemp(join(tmpdir(), 's3-bg-uploader-processes-'))
  const dir = join(root, name)
  await mkdir(dir)
  const startedAt = performance.now()
  const { violations, lines } = await run(dir, (line) => console.log(`  … ${line}`))
  for (const line of lines) console.log(`  ${line}`)
  console.log(`  ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
  for (const violation of violations) console.error(`violation: ${name}: ${violation}`)
  if (violations.length > 0) console.error(`its files are in ${root}\n`)
  else await rm(root, { recursive: true, force: true })
  return violations.length === 0
}
