import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packages } from './tarballs.mjs'

/** A code block of a package's README, by the file name in its first line. */
export function readmeBlock(name, file) {
  const readme = readFileSync(join(packages, name, 'README.md'), 'utf8')
  const start = readme.indexOf(`\`\`\`ts\n// ${file}\n`)
  if (start === -1) throw new Error(`The README of ${name} has no code block for ${file}`)
  return readme.slice(start + '```ts\n'.length, readme.indexOf('\n```', start + 5) + 1)
}
