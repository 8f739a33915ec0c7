import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { writeFilm } from './film.ts'
import { hashOfContent, hashOfObject, openStage, type Stage } from './stage.ts'

const MIB = 1024 * 1024
const FILE = 300 * MIB
const PART = 8 * MIB
const PARTS = 38
/** Parts that are confirmed and recorded when the page goes. */
const EARLY = 12

/** Lets an upload come to its twelfth part, with the next ones on their way. */
async function uploadHalf(stage: Stage, page: Page, add: () => Promise<void>): Promise<void> {
  const { mock } = stage.backend
  const gate = mock
    .on('put', { where: ({ part = 0 }) => part > EARLY })
    .always()
    .hold()
  await add()
  const half = await page.evaluate(
    (early) => app.until(({ confirmedParts }) => confirmedParts === early),
    EARLY,
  )
  expect(half).toMatchObject({ status: 'uploading', totalParts: PARTS })
  await gate.reached
  await page.evaluate(() => app.recorded())
  mock.clearFaults()
}

/** Waits for the end of an upload and checks what the storage got, and how often. */
async function expectWhole({ backend }: Stage, page: Page): Promise<void> {
  const end = await page.evaluate(() =>
    app.until(({ status }) => status === 'completed' || status === 'failed'),
  )
  expect(end).toMatchObject({ status: 'completed', totalParts: PARTS })
  expect(hashOfObject(backend)).toBe(hashOfContent(FILE))
  const effective = backend.mock.transcript.filter(
    ({ route, effect }) => route === 'put' && effect === 200,
  )
  expect(effective.map(({ part }) => part).sort((a = 0, b = 0) => a - b)).toEqual(
    Array.from({ length: PARTS }, (_, index) => index + 1),
  )
  const early = backend.mock.transcript.filter(({ route, part = 0 }) => {
    return route === 'put' && part <= EARLY
  })
  expect(early).toHaveLength(EARLY)
  expect(backend.mock.transcript.filter(({ route }) => route === 'start')).toHaveLength(1)
}

const uploadBlob = (page: Page) => page.evaluate((bytes) => app.uploadBlob(bytes), FILE)
const uploadHandle = (page: Page) => page.evaluate((bytes) => app.uploadHandle(bytes), FILE)

describe('300 MB, and the page goes in the middle', () => {
  for (const [what, upload] of [
    ['a Blob that the journal keeps', uploadBlob],
    ['a handle', uploadHandle],
  ] as const) {
    test(`${what}: a reload`, async () => {
      const stage = await openStage({ partSize: PART })
      const page = await stage.openPage()
      await uploadHalf(stage, page, () => upload(page))
      await page.reload()
      await stage.ready(page)
      await expectWhole(stage, page)
      expect(stage.browser.uncaught).toEqual([])
    })
  }

  test('a handle: a crash of the renderer', async () => {
    const stage = await openStage({ partSize: PART })
    const page = await stage.openPage()
    await uploadHalf(stage, page, () => uploadHandle(page))
    const crashed = page.waitForEvent('crash')
    await page.goto('chrome://crash').catch(() => {})
    await crashed
    await expectWhole(stage, await stage.openPage())
    expect(stage.browser.uncaught).toEqual([])
  })
})

describe('300 MB that the journal does not keep, and the page goes in the middle', () => {
  test('it waits for the file, which is picked again, and goes on with its parts', async () => {
    const stage = await openStage({ partSize: PART, maxKeptBytes: 100 * MIB })
    const path = await writeFilm(FILE)
    const page = await stage.openPage()
    const pick = async (): Promise<void> => {
      await page.setInputFiles('input', path)
      await page.evaluate(() => app.uploadChosen())
    }
    await uploadHalf(stage, page, pick)
    await page.reload()
    await stage.ready(page)
    const waiting = await page.evaluate(() =>
      app.until(({ waitingFor }) => waitingFor?.reason === 'file'),
    )
    expect(waiting).toMatchObject({ confirmedParts: EARLY, totalParts: PARTS })
    await pick()
    await expectWhole(stage, page)
    expect(await page.evaluate(() => app.uploader.uploads().length)).toBe(1)
  })
})
