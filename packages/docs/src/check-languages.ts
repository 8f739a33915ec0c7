import { isCode } from './check-code.ts'
import type { ParsedPage } from './parse-page.ts'
import type { Problem } from './problem.ts'

/** Checked by other checks than this, or nothing that a machine could check. */
const OTHERS = new Set(['sh', '', 'swift', 'objc', 'xml', 'kotlin', 'groovy', 'http', 'html'])

/** Blocks of JSON that are none, and languages that nothing here checks. */
export function checkLanguages(pages: readonly ParsedPage[]): readonly Problem[] {
  return pages.flatMap((page) =>
    page.blocks.flatMap((block) => {
      const { language, line, code } = block
      if (isCode(block) || OTHERS.has(language)) return []
      const message =
        language === 'json' ? jsonProblem(code) : `Nothing checks blocks of ${language}`
      return message === undefined ? [] : [{ page: page.path, line, message }]
    }),
  )
}

function jsonProblem(code: string): string | undefined {
  try {
    JSON.parse(code)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
