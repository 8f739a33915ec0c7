import { afterAll, describe } from 'vitest'
import { openBrowser } from './browser.ts'
import { openPageServer } from './page-server.ts'
import { registerCases } from './run-cases.ts'

const [browser, pages] = await Promise.all([openBrowser(), openPageServer()])

afterAll(async () => {
  await browser.close()
  await pages.close()
})

describe('the journal in IndexedDB', async () => {
  await registerCases(await browser.newPage(), pages.url('store'))
})
