import { expect, test } from 'vitest'
import { hashOfContent, hashOfObject } from './content-hash.ts'
import { openStage } from './stage.ts'

const MIB = 1024 * 1024
const PART = 5 * MIB
/** Twice as many parts as are on their way at once. */
const PARTS = 12
const FILE = PARTS * PART
/** Parts that are confirmed when the network goes. */
const EARLY = 3

test('offline: it waits for the network, and goes on by itself', async () => {
  const { browser, backend, openPage } = await openStage({ partSize: PART })
  const { mock } = backend
  const page = await openPage()
  const late = mock.on('put', { where: ({ part = 0 }) => part > EARLY }).always()
  const gate = late.hold()
  late.reset('before')
  await page.evaluate((bytes) => app.uploadBlob(bytes), FILE)
  await page.evaluate((early) => app.until(({ confirmedParts }) => confirmedParts === early), EARLY)
  await gate.reached
  // What DevTools call offline lets requests that are on their way come through: these break too.
  await browser.context.setOffline(true)
  gate.release()
  const waiting = await page.evaluate(() =>
    app.until(({ waitingFor, partsInFlight }) => {
      return waitingFor?.reason === 'network' && partsInFlight === 0
    }),
  )
  expect(waiting).toMatchObject({ status: 'uploading', confirmedParts: EARLY })
  mock.clearFaults()
  const before = mock.transcript.length

  await browser.context.setOffline(false)
  await page.evaluate(() => app.until(({ status }) => status === 'completed'))
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(FILE))
  const since = mock.transcript.slice(before)
  expect(since.filter(({ route, part = 0 }) => route === 'put' && part <= EARLY)).toEqual([])
  expect(since.filter(({ route }) => route === 'put')).toHaveLength(PARTS - EARLY)
})

test('a slow network that goes: progress comes in steps, and the rest is sent later', async () => {
  const { browser, backend, openPage } = await openStage({ partSize: PART })
  const page = await openPage()
  const devTools = await browser.context.newCDPSession(page)
  const network = (offline: boolean, uploadThroughput: number): Promise<unknown> =>
    devTools.send('Network.emulateNetworkConditions', {
      offline,
      latency: 20,
      downloadThroughput: -1,
      uploadThroughput,
    })
  await devTools.send('Network.enable')
  await network(false, 12 * MIB)

  await page.evaluate((bytes) => app.uploadBlob(bytes), FILE)
  const slow = await page.evaluate(async (enough) => {
    const steps = new Set<number>()
    const snapshot = await app.until(({ sentBytes }) => {
      steps.add(sentBytes)
      return sentBytes >= enough
    })
    return { steps: steps.size, snapshot }
  }, 7 * MIB)
  // The six parts that are on their way at once come forward alike: no step is a whole one.
  expect(slow.snapshot.confirmedParts).toBe(0)
  expect(slow.steps).toBeGreaterThan(4)

  await network(true, 12 * MIB)
  const waiting = await page.evaluate(() =>
    app.until(({ waitingFor, partsInFlight }) => {
      return waitingFor?.reason === 'network' && partsInFlight === 0
    }),
  )
  expect(waiting.status).toBe('uploading')
  await network(false, -1)
  await page.evaluate(() => app.until(({ status }) => status === 'completed'))
  expect(hashOfObject(backend.mock.storage)).toBe(hashOfContent(FILE))
})
