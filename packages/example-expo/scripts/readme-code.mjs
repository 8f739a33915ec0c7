// Writes the code of a README into a folder, block by block, under the names in their first lines:
// node scripts/readme-code.mjs README.md FOLDER
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NAMES = [
  'uploader.ts',
  'mmkv-journal.ts',
  'async-storage-journal.ts',
  'sqlite-journal.ts',
  'expo-uploader.ts',
  's3-bg-uploader.ts',
]

const [readme, folder] = process.argv.slice(2)
const text = readFileSync(readme, 'utf8')
const blocks = new Map(
  [...text.matchAll(/^```ts\n(\/\/ (\S+)\n.*?)^```$/gms)].map(([, code, name]) => [name, code]),
)
mkdirSync(folder, { recursive: true })
for (const name of NAMES) {
  const code = blocks.get(name)
  if (code === undefined) throw new Error(`The README has no code block for ${name}`)
  writeFileSync(join(folder, name), code)
}
