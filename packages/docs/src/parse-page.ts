import GithubSlugger from 'github-slugger'
import MarkdownIt from 'markdown-it'
import type { Page } from './pages.ts'

/** A fenced block of code. */
export interface Block {
  /** The path of its page. */
  readonly page: string
  /** The line of its first line of code, from 1. */
  readonly line: number
  /** The first word after the fence. */
  readonly language: string
  readonly code: string
  /** What its first line names it, as `// server.ts` does. */
  readonly name: string | undefined
  /** From the comment `<!-- code: checked by PATH -->` in front of it. */
  readonly checkedBy: string | undefined
}

/** A heading, by what GitHub makes of it. */
export interface Heading {
  readonly line: number
  /** 1 for the title of the page. */
  readonly level: number
  readonly text: string
  readonly anchor: string
}

/** A link or an image. */
export interface Link {
  readonly line: number
  readonly href: string
}

/** What of a page can be checked. */
export interface ParsedPage extends Page {
  readonly headings: readonly Heading[]
  readonly links: readonly Link[]
  readonly blocks: readonly Block[]
  /** Code within lines. */
  readonly words: readonly { readonly line: number; readonly code: string }[]
  /** Declarations that its blocks may use, from comments `<!-- code: given … -->`. */
  readonly given: string
}

const markdown = new MarkdownIt({ html: true })

export function parsePage(page: Page): ParsedPage {
  const slugger = new GithubSlugger()
  const headings: Heading[] = []
  const links: Link[] = []
  const blocks: Block[] = []
  const words: { line: number; code: string }[] = []
  const given: string[] = []
  let checkedBy: string | undefined
  let level: number | undefined
  for (const token of markdown.parse(page.text, {})) {
    const line = (token.map?.[0] ?? 0) + 1
    if (token.type === 'heading_open') level = Number(token.tag.slice(1))
    if (token.type === 'inline') {
      const children = token.children ?? []
      if (level !== undefined) {
        const text = children.map(({ content }) => content).join('')
        headings.push({ line, level, text, anchor: slugger.slug(text) })
        level = undefined
      }
      for (const child of children) {
        const href = child.attrGet('href') ?? child.attrGet('src')
        if (href !== null) links.push({ line, href })
        if (child.type === 'code_inline') words.push({ line, code: child.content })
      }
    }
    if (token.type === 'html_block') {
      const [, declarations] = /^<!-- code: given\n(.*)-->\s*$/s.exec(token.content) ?? []
      if (declarations !== undefined) given.push(declarations)
      checkedBy = /^<!-- code: checked by (\S+) -->\s*$/.exec(token.content)?.[1]
    } else if (token.type === 'fence') {
      const [language = ''] = token.info.split(/\s/)
      const name = /^\/\/ (\S+\.[cm]?[jt]sx?)\n/.exec(token.content)?.[1]
      blocks.push({
        page: page.path,
        line: line + 1,
        language,
        code: token.content,
        name,
        checkedBy,
      })
      checkedBy = undefined
    }
  }
  return { ...page, headings, links, blocks, words, given: given.join('\n') }
}
