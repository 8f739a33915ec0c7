import { readFileSync, writeFileSync } from 'node:fs'
import { format } from './format.ts'
import type { Run } from './outcome.ts'

/** The run that the READMEs show. It is kept, so that they can be written again in another way. */
const RUN_FILE = new URL('../../run.json', import.meta.url)

export function readRun(): Run {
  return JSON.parse(readFileSync(RUN_FILE, 'utf8')) as Run
}

export function writeRun(run: Run): void {
  writeFileSync(RUN_FILE, `${JSON.stringify(run, undefined, 2)}\n`)
  format([RUN_FILE])
}
