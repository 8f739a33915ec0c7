import { createHash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from './browser.ts'
import { serveDiscarding } from './discarding-backend.ts'
import { writeFilm } from './film.ts'
import { tasksDuring } from './main-thread.ts'
import { openPageServer } from './page-server.ts'
import { contentOf } from './pages/content.ts'
import type {} from './pages/large-file.ts'
import { heapOf, peakRendererMemory } from './renderer-memory.ts'

const MIB = 1024 * 1024
const FILE = 1024 * MIB
const PART = 8 * MIB

/** SHA-1 of every part. */
function hashesOfParts(): readonly string[] {
  const hashes: string[] = []
  let [hash, bytes] = [createHash('sha1'), 0]
  for (const piece of contentOf(FILE, (noise) => noise)) {
    hash.update(piece)
    bytes += piece.length
    if (bytes % PART !== 0) continue
    hashes.push(hash.digest('hex'))
    hash = createHash('sha1')
  }
  return hashes
}

test('1 GiB of the disk: the heap stays small, and no task is long', async () => {
  const [browser, pages, backend, path] = await Promise.all([
    openBrowser(),
    openPageServer(),
    serveDiscarding(PART),
    writeFilm(FILE),
  ])
  onTestFinished(async () => {
    await browser.close()
    await Promise.all([pages.close(), backend.close()])
  })
  const page = await browser.newPage()
  await page.goto(pages.url('large-file', { config: JSON.stringify(backend.config) }))
  await page.waitForFunction(() => 'largeFile' in globalThis)
  await page.setInputFiles('input', path)

  const devTools = await browser.context.newCDPSession(page)
  let heap = 0
  let live = 0
  await page.exposeFunction('sampleMemory', async (collect: boolean) => {
    if (collect) await devTools.send('HeapProfiler.collectGarbage')
    const now = await heapOf(devTools)
    heap = Math.max(heap, now)
    if (collect) live = Math.max(live, now)
  })
  const chromium = browser.context.browser()
  if (chromium === null) throw new Error('The context has no browser')
  const { result, tasks } = await tasksDuring(chromium, page, () =>
    page.evaluate(() => largeFile.upload()),
  )

  const { longTasks, hashing, sending } = result
  const resident = await peakRendererMemory(chromium)
  const longest = Math.max(...tasks)
  const inMib = (bytes = 0): string => `${Math.round(bytes / MIB)} MiB`
  console.log(
    `1 GiB: heap ${inMib(heap)}, ${inMib(live)} of it in use, renderer's memory ${inMib(resident)}, hashed in ${hashing} ms, ` +
      `sent in ${sending} ms, ${longTasks.length} tasks that took more than 50 ms of time ` +
      `(${Math.max(0, ...longTasks)}), longest task ${longest.toFixed(1)} ms of CPU`,
  )
  expect(backend.completed).toEqual(hashesOfParts())
  expect(live).toBeGreaterThan(0)
  expect(live).toBeLessThan(100 * MIB)
  // With what the garbage collector had not come to yet, but far from the whole file.
  expect(resident ?? 0).toBeLessThan(FILE / 2)
  expect(tasks.length).toBeGreaterThan(1000)
  expect(longest).toBeLessThan(50)
})
