import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from './browser.ts'
import { writeFilm } from './film.ts'
import { openPageServer } from './page-server.ts'
import type {} from './pages/reading.ts'

const FILM = 64 * 1024 * 1024
const TIMES = 16

test('a file is read to its end, however often the garbage is collected meanwhile', async () => {
  const [browser, pages, path] = await Promise.all([
    openBrowser(),
    openPageServer(),
    writeFilm(FILM),
  ])
  onTestFinished(async () => {
    await browser.close()
    await pages.close()
  })
  const page = await browser.newPage()
  await page.goto(pages.url('reading'))
  await page.waitForFunction(() => 'reading' in globalThis)
  await page.setInputFiles('input', path)

  const devTools = await browser.context.newCDPSession(page)
  let isRead = false
  const collecting = (async () => {
    while (!isRead) await devTools.send('HeapProfiler.collectGarbage')
  })()
  try {
    for (let time = 0; time < TIMES; time += 1) {
      expect(await page.evaluate(() => reading.readChosen())).toBe(FILM)
    }
  } finally {
    isRead = true
    await collecting
  }
})
