import { expect, test } from 'vitest'
import { hashOfContent, hashOfObject } from './content-hash.ts'
import { openStage } from './stage.ts'

const MIB = 1024 * 1024

/** Of the 20 MiB that are uploaded here, as `xxhsum -H1` gives it. */
const XXH64_OF_CONTENT = 'cee52ec5c53bb3d9'

/** Allows scripts of the page's own origin, and requests to the backend and the storage. */
const policyOf =
  (script: string) =>
  ({ backend, storage }: { readonly backend: string; readonly storage: string }): string =>
    `default-src 'none'; script-src ${script}; connect-src ${backend} ${storage}`

test("a page whose policy forbids WebAssembly hashes without it, and the browser's report is all", async () => {
  const { browser, backend, openPage } = await openStage({ csp: policyOf("'self'") })
  const page = await openPage()
  await page.evaluate((bytes) => app.uploadBlob(bytes), 20 * MIB)
  const done = await page.evaluate(() => app.until(({ status }) => status === 'completed'))
  expect(done.fileHash).toBe(XXH64_OF_CONTENT)
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(20 * MIB))
  expect(await page.evaluate(() => app.violations)).toEqual(['wasm-eval'])
  expect(browser.consoleErrors).toEqual([])
  expect(browser.uncaught).toEqual([])
})

test('a page whose policy has wasm-unsafe-eval gives the same hash, and there is no report', async () => {
  const { browser, backend, openPage } = await openStage({
    csp: policyOf("'self' 'wasm-unsafe-eval'"),
  })
  const page = await openPage()
  await page.evaluate((bytes) => app.uploadBlob(bytes), 20 * MIB)
  const done = await page.evaluate(() => app.until(({ status }) => status === 'completed'))
  expect(done.fileHash).toBe(XXH64_OF_CONTENT)
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(20 * MIB))
  expect(await page.evaluate(() => app.violations)).toEqual([])
  expect(browser.consoleErrors).toEqual([])
})

test('a page that cannot load the chunk of the hasher hashes without it, and says so', async () => {
  const { browser, backend, openPage } = await openStage()
  const asked: string[] = []
  await browser.context.route('**/xxhash-wasm-*.js', (route) => {
    asked.push(route.request().url())
    return route.fulfill({ status: 404 })
  })
  const page = await openPage()
  expect(asked).toEqual([])
  await page.evaluate((bytes) => app.uploadBlob(bytes), 20 * MIB)
  const done = await page.evaluate(() => app.until(({ status }) => status === 'completed'))
  expect(done.fileHash).toBe(XXH64_OF_CONTENT)
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(20 * MIB))
  expect(asked).toHaveLength(1)
  expect(browser.consoleErrors).toContainEqual(expect.stringContaining('(hasher_missing)'))
  expect(browser.uncaught).toEqual([])
})

test('a page that can load no hasher at all tries again, and goes on once it comes', async () => {
  const { browser, backend, openPage } = await openStage()
  let refused = 0
  await browser.context.route(/\/xxh(ash-wasm|64)-[^/]*\.js/, (route) => {
    if (refused === 4) return route.continue()
    refused += 1
    return route.fulfill({ status: 503 })
  })
  const page = await openPage()
  await page.evaluate((bytes) => app.uploadBlob(bytes), 20 * MIB)
  const done = await page.evaluate(() => app.until(({ status }) => status === 'completed'))
  expect(refused).toBe(4)
  expect(done.fileHash).toBe(XXH64_OF_CONTENT)
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(20 * MIB))
  expect(browser.uncaught).toEqual([])
})
