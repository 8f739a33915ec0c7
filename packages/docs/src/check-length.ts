import type { ParsedPage } from './parse-page.ts'
import type { Problem } from './problem.ts'

/** From so many lines on nobody reads it who does not know yet whether to care. */
const TOO_LONG = 200

/** The README of the repository stays short: what it need not say belongs on a page of its own. */
export function checkLength({ path, text }: Pick<ParsedPage, 'path' | 'text'>): readonly Problem[] {
  const lines = text.replace(/\n$/, '').split('\n').length
  if (path !== 'README.md' || lines < TOO_LONG) return []
  return [
    {
      page: path,
      line: lines,
      message: `It has ${lines} lines, and is to have fewer than ${TOO_LONG}`,
    },
  ]
}
