// Writes the blocks of code that need React Native into a folder, for `packages/example-expo`, which has
// its types: node dist/write-native-code.js FOLDER
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileOf, folderOf, isCode, isNative } from './check-code.ts'
import { readPages } from './pages.ts'
import { parsePage } from './parse-page.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Into which folder?')
for (const page of readPages(fileURLToPath(new URL('../../../', import.meta.url))).map(parsePage)) {
  const blocks = page.blocks.filter((block) => isCode(block) && isNative(block))
  const files = new Map(blocks.map((block) => [fileOf(block), block.code]))
  if (files.size > 0) files.set('given.d.ts', `declare global {\n${page.given}}\nexport {}\n`)
  for (const [name, code] of files) {
    const path = join(folder, folderOf(page.path), name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, code)
  }
  for (const { name, line } of blocks) console.log(`${page.path}:${line} ${name ?? ''}`)
}
