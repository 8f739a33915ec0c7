import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../describe-error.ts'
import { torture } from './torture.ts'
import { readTortureOptions, type TortureOptions, USAGE } from './torture-options.ts'

const options = read()
if (options !== undefined) process.exit(await run(options))

function read(): TortureOptions | undefined {
  try {
    return readTortureOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`error: ${messageOf(error)}\n\n${USAGE}`)
    process.exitCode = 2
    return undefined
  }
}

async function run(options: TortureOptions): Promise<number> {
  const { seed, kills, size, small, partSize } = options
  const again = `--seed ${seed} --kills ${kills} --size ${size} --small ${small} --part ${partSize}`
  console.log(`torture ${again}`)
  const dir = await mkdtemp(join(tmpdir(), 's3-bg-uploader-torture-'))
  const startedAt = performance.now()
  const { violations, lines } = await torture(options, dir, (line) => console.log(line))
  console.log(`\n${lines.join('\n')}`)
  console.log(`seconds          ${((performance.now() - startedAt) / 1000).toFixed(1)}`)
  if (violations.length === 0) {
    await rm(dir, { recursive: true, force: true })
    console.log('every object equals its source, and nothing that was safe was sent again')
    return 0
  }
  for (const violation of violations) console.error(`violation: ${violation}`)
  console.error(`files, storage and journal are in ${dir}; to try again: ${again}`)
  return 1
}
