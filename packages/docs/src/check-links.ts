import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { ParsedPage } from './parse-page.ts'
import type { Problem } from './problem.ts'

/** Links within the repository that lead nowhere, and those to headings that are not there. */
export function checkLinks(repository: string, pages: readonly ParsedPage[]): readonly Problem[] {
  const byPath = new Map(pages.map((page) => [page.path, page]))
  return pages.flatMap((page) =>
    page.links.flatMap(({ href, line }) => {
      if (/^[a-z]+:/.test(href)) return []
      const [path = '', anchor] = href.split('#')
      const target = path === '' ? page.path : posix.join(posix.dirname(page.path), decodeURI(path))
      const problem = problemOf(target, anchor)
      return problem === undefined ? [] : [{ page: page.path, line, message: problem }]
    }),
  )

  function problemOf(target: string, anchor: string | undefined): string | undefined {
    if (target.startsWith('..') || !existsSync(join(repository, target))) {
      return `There is no ${target}`
    }
    if (anchor === undefined) return undefined
    const headings = byPath.get(target)?.headings ?? []
    if (headings.some((heading) => heading.anchor === anchor)) return undefined
    return `${target} has no heading #${anchor}`
  }
}
