import type { ParsedPage } from './parse-page.ts'
import type { Problem } from './problem.ts'

/** What every section says of its code, each in a paragraph that begins so. */
const ASPECTS = ['**Meaning.**', '**Cause.**', '**Fix.**']

/**
 * Whether the page explains every code of `codes`, in a section of its own, and no other. Its sections
 * are the headings of the third level.
 */
export function checkErrorSections(page: ParsedPage, codes: readonly string[]): readonly Problem[] {
  const sections = page.headings.filter(({ level }) => level === 3)
  const missing = codes
    .filter((code) => !sections.some(({ anchor }) => anchor === code))
    .map((code) => problem(1, `There is no section for ${code}`))
  const lines = page.text.split('\n')
  const wrong = sections.flatMap(({ text, line }) => {
    if (!codes.includes(text)) return [problem(line, `${text} is no code of UploadError`)]
    const end = page.headings.find((next) => next.line > line)?.line ?? lines.length + 1
    const section = lines.slice(line, end - 1)
    return ASPECTS.filter((aspect) => !section.some((one) => one.startsWith(aspect))).map(
      (aspect) => problem(line, `${text} has no paragraph ${aspect}`),
    )
  })
  return [...missing, ...wrong]

  function problem(line: number, message: string): Problem {
    return { page: page.path, line, message }
  }
}

/** Names in `snake_case` that are something else than codes of errors. */
const OTHER_NAMES = new Set(['node_modules', 'part_number', 'stale_uploads_expiry'])

/** Codes that pages mention, but that do not exist (any more). */
export function checkMentionedCodes(
  page: ParsedPage,
  codes: readonly string[],
): readonly Problem[] {
  return page.words
    .filter(({ code }) => isCodeLike(code) && !codes.includes(code) && !OTHER_NAMES.has(code))
    .map(({ code, line }) => ({
      page: page.path,
      line,
      message: `${code} is no code of UploadError`,
    }))
}

function isCodeLike(text: string): boolean {
  return /^[a-z]+(_[a-z]+)+$/.test(text)
}
