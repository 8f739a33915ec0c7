// Looks for what Hermes and JavaScriptCore cannot run in the bundles that Expo exported, and for
// what must be in them: node scripts/look-at-bundles.mjs FOLDER
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const FORBIDDEN = [
  ['import.meta', /\bimport\.meta\b/],
  ['an import() that Metro left', /(?<![.\w$])import\(/],
  ['a module of Node', /require\(["'](node:|fs|http|crypto|stream)/],
]
const NEEDED = ['s3_bg_uploader_journal', 's3-bg-uploader-parts', 'getUploadUrlsApi']

const [folder] = process.argv.slice(2)
for (const platform of ['android', 'ios']) {
  const scripts = join(folder, '_expo/static/js', platform)
  const text = readdirSync(scripts)
    .map((file) => readFileSync(join(scripts, file), 'utf8'))
    .join('\n')
  for (const [what, pattern] of FORBIDDEN) {
    const { index } = pattern.exec(text) ?? {}
    const around = index === undefined ? '' : text.slice(Math.max(0, index - 60), index + 60)
    assert.equal(index, undefined, `${platform}: there is ${what}: ${around}`)
  }
  for (const needed of NEEDED) assert(text.includes(needed), `${platform}: ${needed} is missing`)
  const kilobytes = Math.round(gzipSync(text).length / 1000)
  console.log(`${platform}: ${Math.round(text.length / 1000)} kB, ${kilobytes} kB gzipped`)
}
