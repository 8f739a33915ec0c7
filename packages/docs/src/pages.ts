import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A Markdown file of the repository. */
export interface Page {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Folders of tools and results, which hold pages of others. */
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'target', '.git', '.tmp'])

/** Every Markdown file below `repository`. */
export function readPages(repository: string): readonly Page[] {
  const find = (folder: string): readonly string[] =>
    readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : find(path)
      return entry.name.endsWith('.md') ? [path] : []
    })
  return find('').map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') }))
}
