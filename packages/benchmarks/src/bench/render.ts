/**
 * Writes the tables and plots of the READMEs again, from the run that they show. Nothing is measured.
 *
 *     npm --prefix packages/benchmarks run render
 */
import { writeReadmes } from './readme.ts'
import { readRun } from './run-file.ts'

const run = readRun()
writeReadmes(run)
console.log(`The READMEs show the run of ${run.startedAt}.`)
