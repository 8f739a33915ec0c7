// Checks what the pages say, and runs what they show: node dist/main.js. Wants the packages to be built.
import { fileURLToPath } from 'node:url'
import { errorCodes } from '@s3-bg-uploader/core'
import { checkCode } from './check-code.ts'
import { checkCommands } from './check-commands.ts'
import { checkErrorSections, checkMentionedCodes } from './check-error-codes.ts'
import { checkLanguages } from './check-languages.ts'
import { checkLength } from './check-length.ts'
import { checkLinks } from './check-links.ts'
import { readPages } from './pages.ts'
import { type ParsedPage, parsePage } from './parse-page.ts'
import { describeProblem } from './problem.ts'
import { PROGRAMS } from './run/programs.ts'
import { runTests } from './run/tests.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const scratch = fileURLToPath(new URL('../.tmp/', import.meta.url))
const code = `${scratch}code`
const pages = readPages(repository).map(parsePage)
const troubleshooting = pages.filter(({ path }) => path === 'packages/docs/troubleshooting.md')
const problems = [
  ...checkLinks(repository, pages),
  ...troubleshooting.flatMap((page) => checkErrorSections(page, errorCodes)),
  ...pages.flatMap((page) => checkMentionedCodes(page, errorCodes)),
  ...checkLanguages(pages),
  ...pages.flatMap((page) => checkLength(page)),
  ...checkCommands(repository, pages),
  ...checkCode(repository, code, pages),
]
for (const problem of problems) console.error(describeProblem(problem))
const blocks = pages.reduce((sum, page) => sum + page.blocks.length, 0)
console.log(`${pages.length} pages, ${blocks} blocks of code, ${problems.length} problems`)

let failed = problems.length
if (failed === 0) {
  if (!runTests(code)) failed += 1
  for (const program of PROGRAMS) {
    try {
      await program.run({ repository, scratch: `${scratch}run`, page: pageOf })
      console.log(`Runs: ${program.name}`)
    } catch (error) {
      failed += 1
      console.error(`FAILS: ${program.name}\n${error instanceof Error ? error.message : error}`)
    }
  }
}
process.exitCode = failed === 0 ? 0 : 1

function pageOf(path: string): ParsedPage {
  const page = pages.find((one) => one.path === path)
  if (page === undefined) throw new Error(`There is no page ${path}`)
  return page
}
