import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { crash } from './crash.ts'
import { writeFilm } from './film.ts'
import { expectWhole, uploadHalf, LONG_WAY as way } from './half-way.ts'
import { openStage } from './stage.ts'

const { bytes, partSize } = way
const uploadBlob = (page: Page) => page.evaluate((size) => app.uploadBlob(size), bytes)
const uploadHandle = (page: Page) => page.evaluate((size) => app.uploadHandle(size), bytes)

describe('300 MB, and the page goes in the middle', () => {
  for (const [what, upload] of [
    ['a Blob that the journal keeps', uploadBlob],
    ['a handle', uploadHandle],
  ] as const) {
    test(`${what}: a reload`, async () => {
      const stage = await openStage({ partSize })
      const page = await stage.openPage()
      await uploadHalf(stage, way, page, () => upload(page))
      await page.reload()
      await stage.ready(page)
      await expectWhole(stage, way, page)
      expect(stage.browser.uncaught).toEqual([])
    })
  }

  test('a handle: a crash of the renderer', async () => {
    const stage = await openStage({ partSize })
    const page = await stage.openPage()
    await uploadHalf(stage, way, page, () => uploadHandle(page))
    await crash(page)
    await expectWhole(stage, way, await stage.openPage())
    expect(stage.browser.uncaught).toEqual([])
  })

  test('a file that the journal does not keep: it waits until the file is picked again', async () => {
    const stage = await openStage({ partSize, maxKeptBytes: bytes - 1 })
    const path = await writeFilm(bytes)
    const page = await stage.openPage()
    const pick = async (): Promise<void> => {
      await page.setInputFiles('input', path)
      await page.evaluate(() => app.uploadChosen())
    }
    await uploadHalf(stage, way, page, pick)
    await page.reload()
    await stage.ready(page)
    const waiting = await page.evaluate(() =>
      app.until(({ waitingFor }) => waitingFor?.reason === 'file'),
    )
    expect(waiting).toMatchObject({ confirmedParts: way.early, totalParts: way.parts })
    await pick()
    await expectWhole(stage, way, page)
    expect(await page.evaluate(() => app.uploader.uploads().length)).toBe(1)
  })
})
