// Checks what the pages say: node dist/main.js. Wants the packages to be built.
import { fileURLToPath } from 'node:url'
import { errorCodes } from '@s3-bg-uploader/core'
import { checkCode } from './check-code.ts'
import { checkCommands } from './check-commands.ts'
import { checkErrorSections, checkMentionedCodes } from './check-error-codes.ts'
import { checkLanguages } from './check-languages.ts'
import { checkLinks } from './check-links.ts'
import { readPages } from './pages.ts'
import { parsePage } from './parse-page.ts'
import { describeProblem } from './problem.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const scratch = fileURLToPath(new URL('../.tmp/code/', import.meta.url))
const pages = readPages(repository).map(parsePage)
const troubleshooting = pages.filter(({ path }) => path === 'packages/docs/troubleshooting.md')
const problems = [
  ...checkLinks(repository, pages),
  ...troubleshooting.flatMap((page) => checkErrorSections(page, errorCodes)),
  ...pages.flatMap((page) => checkMentionedCodes(page, errorCodes)),
  ...checkLanguages(pages),
  ...checkCommands(repository, pages),
  ...checkCode(repository, scratch, pages),
]
for (const problem of problems) console.error(describeProblem(problem))
const blocks = pages.reduce((sum, page) => sum + page.blocks.length, 0)
console.log(`${pages.length} pages, ${blocks} blocks of code, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
