import { chromium } from 'playwright-core'
import { chromiumArguments, findChromium } from '../../example-web/scripts/find-chromium.mjs'

/**
 * Opens a page in the Chromium that CHROMIUM_PATH names, or the first on PATH.
 *
 * @throws Error when there is none, and when the page throws what nobody catches.
 */
export async function openPage(url, look) {
  const executablePath = findChromium()
  if (executablePath === undefined) {
    throw new Error('There is no Chromium on PATH: apt-get install chromium, or set CHROMIUM_PATH')
  }
  const browser = await chromium.launch({ executablePath, args: chromiumArguments })
  try {
    const page = await browser.newPage()
    const uncaught = []
    page.on('pageerror', (error) => uncaught.push(String(error)))
    await page.goto(url)
    await look(page).catch((error) => {
      throw new Error(`${error.message}\n${uncaught.join('\n')}`)
    })
    if (uncaught.length > 0) throw new Error(uncaught.join('\n'))
  } finally {
    await browser.close()
  }
}
