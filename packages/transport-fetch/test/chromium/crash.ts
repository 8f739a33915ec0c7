import type { Page } from 'playwright-core'

/** Lets the page's renderer die. The page is of no use then. */
export async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash')
  // Never answered: there is nobody left.
  page.goto('chrome://crash').catch(() => {})
  await crashed
}
