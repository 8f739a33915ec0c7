import { expect, test } from 'vitest'
import { hashOfContent, hashOfObject } from './content-hash.ts'
import type { Arrival } from './served-backend.ts'
import { openStage } from './stage.ts'

const MIB = 1024 * 1024

const puts = (arrivals: readonly Arrival[]): readonly Arrival[] =>
  arrivals.filter(({ method }) => method === 'PUT')

test('page, backend and storage are three origins, and the storage exposes the ETag', async () => {
  const { browser, backend, openPage, pageUrl } = await openStage({ partSize: 5 * MIB })
  const { config, storage } = backend.mock
  const urls = [pageUrl, config.startUploadApi, backend.storageOrigin]
  expect(new Set(urls.map((url) => new URL(url).origin)).size).toBe(3)

  const page = await openPage()
  await page.evaluate((bytes) => app.uploadBlob(bytes), 23 * MIB + 5)
  const { done } = await page.evaluate(async () => {
    return { done: await app.uploader.uploads()[0]?.done }
  })

  expect(done).toMatchObject({ status: 'completed', totalParts: 5, percentage: 100 })
  expect(storage.objectKeys()).toEqual([done?.key])
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(23 * MIB + 5))
  expect(puts(backend.storageArrivals)).toHaveLength(5)
  expect(browser.consoleErrors).toEqual([])
  expect(browser.uncaught).toEqual([])
})

test('without ExposeHeaders the upload fails and names the rule that lacks', async () => {
  const { backend, openPage } = await openStage({ exposesHeaders: false })
  const page = await openPage()
  await page.evaluate(() => app.uploadBlob(1000))
  const failed = await page.evaluate(async () => {
    const { error } = await app.until(({ status }) => status === 'failed')
    return { code: error?.code, hint: error?.hint }
  })
  expect(failed.code).toBe('etag_missing')
  expect(failed.hint).toContain('ExposeHeaders: ["ETag"]')
  expect(backend.mock.transcript.at(-1)).toMatchObject({ route: 'put', effect: 200 })
})

test('without ExposeHeaders, but with listPartsApi, the upload finishes', async () => {
  const { backend, openPage } = await openStage({
    exposesHeaders: false,
    listsParts: true,
    partSize: 5 * MIB,
  })
  const page = await openPage()
  await page.evaluate((bytes) => app.uploadBlob(bytes), 11 * MIB)
  await page.evaluate(() => app.until(({ status }) => status === 'completed'))
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(11 * MIB))
  expect(puts(backend.storageArrivals)).toHaveLength(3)
})

test('a part carries nothing that was not signed, and nothing about the page or its user', async () => {
  const { browser, backend, openPage, pageUrl } = await openStage({
    keyFor: ({ fileName }) => `a+b c/%2F~'()!*/ü ✓/${fileName}`,
  })
  const signed: string[] = []
  backend.mock
    .on('urls')
    .always()
    .body((text) => {
      signed.push(...Object.values((JSON.parse(text) as { urls: Record<string, string> }).urls))
      return text
    })
  const page = await openPage()
  // Cookies know no ports: this one is for the storage too, and a request that takes cookies has it.
  await browser.context.addCookies([{ name: 'session', value: 'secret', url: pageUrl }])
  await page.evaluate(async (storage) => {
    await fetch(`${storage}/with-cookies`, { mode: 'no-cors', credentials: 'include' })
  }, backend.storageOrigin)
  expect(backend.storageArrivals[0]?.headers.cookie).toBe('session=secret')

  await page.evaluate(() => app.uploadBlob(1000))
  await page.evaluate(() => app.until(({ status }) => status === 'completed'))

  const [put, ...others] = puts(backend.storageArrivals)
  expect(others).toEqual([])
  expect(signed).toEqual([backend.storageOrigin + put?.target])
  expect(put?.headers).toMatchObject({ 'content-length': '1000' })
  for (const name of ['content-type', 'cookie', 'authorization', 'x-requested-with']) {
    expect(put?.headers).not.toHaveProperty(name)
  }
  // The rest of the page's address stays in the page.
  const { origin } = new URL(pageUrl)
  expect(put?.headers.origin).toBe(origin)
  expect([undefined, `${origin}/`]).toContain(put?.headers.referer)
})
