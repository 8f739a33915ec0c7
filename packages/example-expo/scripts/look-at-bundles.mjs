// Looks for what React Native cannot run in the bundles that Expo exported, and for what must be in
// them, and compiles them with its Hermes: in a folder with its node_modules,
// node scripts/look-at-bundles.mjs FOLDER
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const FORBIDDEN = [
  ['import.meta', /\bimport\.meta\b/],
  ['an import() that Metro left', /(?<![.\w$])import\(/],
  ['a module of Node', /require\(["'](node:|fs|http|crypto|stream)/],
]
const NEEDED = [
  's3_bg_uploader_journal',
  's3-bg-uploader-parts',
  'S3BgUploaderWake',
  'getUploadUrlsApi',
]

const HERMESC = {
  linux: 'linux64-bin/hermesc',
  darwin: 'osx-bin/hermesc',
  win32: 'win64-bin/hermesc.exe',
}

const [folder] = process.argv.slice(2)
const hermesc = join('node_modules/hermes-compiler/hermesc', HERMESC[process.platform] ?? '')
for (const platform of ['android', 'ios']) {
  const scripts = join(folder, '_expo/static/js', platform)
  const files = readdirSync(scripts).map((file) => join(scripts, file))
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  for (const [what, pattern] of FORBIDDEN) {
    const { index } = pattern.exec(text) ?? {}
    const around = index === undefined ? '' : text.slice(Math.max(0, index - 60), index + 60)
    assert.equal(index, undefined, `${platform}: there is ${what}: ${around}`)
  }
  for (const needed of NEEDED) assert(text.includes(needed), `${platform}: ${needed} is missing`)
  for (const file of files) {
    execFileSync(hermesc, ['-w', '-emit-binary', '-out', join(folder, 'bytecode.hbc'), file])
  }
  const kilobytes = Math.round(gzipSync(text).length / 1000)
  console.log(`${platform}: ${Math.round(text.length / 1000)} kB, ${kilobytes} kB gzipped`)
}
