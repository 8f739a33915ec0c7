import type { Page } from 'playwright-core'
import { test } from 'vitest'
import type {} from './pages/case-list.ts'

/** Registers every case of the suite that a page holds. At least one must run. */
export async function registerCases(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.waitForFunction(() => 'caseList' in globalThis)
  const cases = await page.evaluate(() => caseList.cases)
  if (cases.every(({ skipped }) => skipped)) throw new Error(`${url} has no cases to run`)
  for (const { name, skipped } of cases) {
    test.skipIf(skipped)(name, async () => {
      const failure = await page.evaluate((wanted) => caseList.run(wanted), name)
      if (failure !== undefined) throw new Error(failure)
    })
  }
}
