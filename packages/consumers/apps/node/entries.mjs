// Imports every entry of every package of ours that is installed here, but those for React Native,
// which need its engine.
import { readdirSync, readFileSync } from 'node:fs'

const scope = new URL('node_modules/@s3-bg-uploader/', import.meta.url)
const entries = readdirSync(scope).flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(new URL(`${name}/package.json`, scope), 'utf8'))
  return Object.keys(exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => `@s3-bg-uploader/${name}${entry.slice(1)}`)
})
for (const entry of entries) {
  const found = Object.keys(await import(entry))
  if (found.length === 0) throw new Error(`${entry} exports nothing`)
}
console.log(entries.length)
