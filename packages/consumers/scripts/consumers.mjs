// Uses the packages as strangers do: packs them, installs the tarballs into empty folders, and builds,
// type-checks and runs small apps there. Wants a build, and the registry or npm's cache of it.
//
//   node packages/consumers/scripts/consumers.mjs            all of them
//   node packages/consumers/scripts/consumers.mjs vite next  those whose names have one of these words
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adapterAuthor } from './consumers/adapter-author.mjs'
import { bundlers } from './consumers/bundlers.mjs'
import { metro } from './consumers/metro.mjs'
import { next } from './consumers/next.mjs'
import { nodes } from './consumers/node.mjs'
import { runtimes } from './consumers/runtimes.mjs'
import { typescripts } from './consumers/typescript.mjs'
import { packAll } from './tarballs.mjs'

const all = [...nodes, ...typescripts, adapterAuthor, ...bundlers, next, metro, ...runtimes]
const wanted = process.argv.slice(2).map((word) => word.toLowerCase())
const wordsOf = ({ name }) => name.toLowerCase().split(' ')
const chosen = all.filter(
  (consumer) => wanted.length === 0 || wordsOf(consumer).some((word) => wanted.includes(word)),
)
if (!wanted.every((word) => chosen.some((consumer) => wordsOf(consumer).includes(word)))) {
  console.error(`There are: ${all.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const work = mkdtempSync(join(tmpdir(), 's3-bg-uploader-consumers-'))
const rows = []
try {
  const tarballs = await packAll(join(work, 'tarballs'))
  const folders = new Map()
  for (const { name, prepare, check } of chosen) {
    const start = performance.now()
    let row
    try {
      // What several consumers share is made once, in the time of the first.
      if (!folders.has(prepare)) folders.set(prepare, prepare({ work, tarballs }))
      row = { name, result: 'ok', about: await check(await folders.get(prepare)) }
    } catch (error) {
      console.error(`${name}: ${error.message}\n`)
      row = { name, result: 'FAILED', about: error.message.split('\n', 1)[0] }
    }
    row.seconds = (performance.now() - start) / 1000
    rows.push(row)
    console.log(line(row))
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}

console.log(`\n${'consumer'.padEnd(28)}${'result'.padEnd(8)}seconds  seen`)
for (const row of rows) console.log(line(row))
const failed = rows.filter(({ result }) => result !== 'ok').length
console.log(`${rows.length - failed} consumers passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function line({ name, result, seconds, about }) {
  return `${name.padEnd(28)}${result.padEnd(8)}${seconds.toFixed(1).padStart(7)}  ${about}`
}
