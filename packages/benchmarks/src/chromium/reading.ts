/**
 * Measures how fast a page of Chromium reads a file of the disk, in every way that it can: what hashing
 * costs there, since XXH64 itself is far faster than that.
 *
 *     npm --prefix packages/benchmarks run reading -- [rounds = 5] [MB = 200]
 *
 * The file is in the page cache. The ways take turns, the median of the rounds counts.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromiumArguments, requireChromium } from '@s3-bg-uploader/chromium'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { median } from '../bench/outcome.ts'
import { writeRandomFile } from './random-file.ts'
import type { ReadIn } from './reading-page.ts'

const [rounds = 5, megabytes = 200] = process.argv.slice(2).map(Number)

const executablePath = requireChromium()
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('reading-page.js', import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: 'iife',
})
const folder = await mkdtemp(join(tmpdir(), 'reading-'))
const browser = await chromium.launch({ executablePath, args: chromiumArguments })
try {
  const path = join(folder, 'video.bin')
  await writeRandomFile(megabytes * 1e6, path)
  const page = await browser.newPage()
  await page.setContent('<!doctype html><input type="file">')
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
  await page.setInputFiles('input', path)
  const ways = await page.evaluate(() => (globalThis as unknown as { ways: string[] }).ways)
  const took = new Map<string, number[]>(ways.map((way) => [way, []]))
  // The first round warms up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [way, times] of took) {
      const time = await page.evaluate(
        (name) => (globalThis as unknown as { readIn: ReadIn }).readIn(name),
        way,
      )
      if (round > 0) times.push(time)
    }
  }
  console.log(`${megabytes} MB of the disk, read ${rounds} times`)
  const rows = [...took].map(([way, times]) => [way, median(times)] as const)
  console.table(
    Object.fromEntries(
      rows.map(([way, time]) => [
        way,
        { milliseconds: Math.round(time), 'GB/s': (megabytes / time).toFixed(2) },
      ]),
    ),
  )
} finally {
  await browser.close()
  await rm(folder, { recursive: true })
}
