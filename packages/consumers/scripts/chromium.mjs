import { chromiumArguments, requireChromium } from '@s3-bg-uploader/chromium'
import { chromium } from 'playwright-core'

/**
 * Opens a page in the Chromium that CHROMIUM_PATH names, or the first on PATH.
 *
 * @throws Error when there is none, and when the page throws what nobody catches.
 */
export async function openPage(url, look) {
  const browser = await chromium.launch({
    executablePath: requireChromium(),
    args: chromiumArguments,
  })
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
