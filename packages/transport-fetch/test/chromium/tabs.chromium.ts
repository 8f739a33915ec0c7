import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { crash } from './crash.ts'
import { expectWhole, LONG_WAY, SHORT_WAY, uploadHalf, type Way } from './half-way.ts'
import { openStage } from './stage.ts'

/** What can happen to the tab that leads. */
const ENDS: readonly (readonly [what: string, way: Way, end: (leader: Page) => Promise<void>])[] = [
  ['is closed', LONG_WAY, (leader) => leader.close()],
  ['crashes', SHORT_WAY, crash],
]

for (const [what, way, end] of ENDS) {
  test(`the leader of three tabs ${what}: another goes on, and sends nothing twice`, async () => {
    const stage = await openStage({ script: 'shared-uploads', partSize: way.partSize })
    const leader = await stage.openPage()
    const others = [await stage.openPage(), await stage.openPage()] as const
    expect(await Promise.all([leader, ...others].map((page) => page.title()))).toEqual([
      'leads',
      'shared-uploads',
      'shared-uploads',
    ])
    const [adder, watcher] = others
    const add = (): Promise<void> => adder.evaluate((size) => app.uploadHandle(size), way.bytes)
    await uploadHalf(stage, way, adder, add, leader)
    // Of the upload as the tab had it before the leader went.
    const done = adder.evaluate(async () => (await app.uploader.uploads()[0]?.done)?.status)

    await end(leader)

    await expectWhole(stage, way, watcher)
    expect(await done).toBe('completed')
    const titles = await Promise.all(others.map((page) => page.title()))
    expect(titles.filter((title) => title === 'leads')).toHaveLength(1)
    expect(stage.browser.uncaught).toEqual([])
  })
}

test('the only tab goes into the back/forward cache, comes back and goes on', async () => {
  const way = SHORT_WAY
  const stage = await openStage({ script: 'shared-uploads', partSize: way.partSize })
  const page = await stage.openPage()
  const add = (): Promise<void> => page.evaluate((size) => app.uploadHandle(size), way.bytes)
  await uploadHalf(stage, way, page, add)
  await page.evaluate(() => document.body.setAttribute('data-sign', 'from before'))

  await page.goto(stage.elsewhere)
  // A page from the cache does not load.
  await page.goBack({ waitUntil: 'commit' })

  expect(await page.evaluate(() => document.body.getAttribute('data-sign'))).toBe('from before')
  await expectWhole(stage, way, page)
  expect(stage.browser.uncaught).toEqual([])
})
