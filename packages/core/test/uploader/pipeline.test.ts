import { expect, test } from 'vitest'
import { forbidUnhandledRejections, World } from '../support/world.ts'

forbidUnhandledRejections()

const PUT_MS = 1000
const SLOTS = 4

/** Each step takes its time: 200 ms to read a file, 300 ms for each control call, a second for a PUT. */
function slowWorld(): { readonly world: World; readonly starts: number[] } {
  const world = new World()
  const starts: number[] = []
  world.backend.latencyMs = 300
  world.storage.latencyMs = PUT_MS
  world.storage.fault = () => {
    starts.push(world.clock.now())
    return undefined
  }
  world.transport.beforeRead = () =>
    new Promise((resolve) => void world.clock.setTimer(resolve, 200))
  return { world, starts }
}

/** For how long slots stood idle from when all were in use to the beginning of the last PUT. */
function idleMs(starts: readonly number[]): number {
  const from = starts[SLOTS - 1] ?? Number.NaN
  const to = starts.at(-1) ?? Number.NaN
  const inUse = starts.map((start) =>
    Math.max(0, Math.min(start + PUT_MS, to) - Math.max(start, from)),
  )
  return SLOTS * (to - from) - inUse.reduce((sum, ms) => sum + ms, 0)
}

test.each([
  [
    'large files: the next one is hashed, started and signed while parts of this one are sent',
    5,
    6,
  ],
  ['small files: their control calls are made while others are sent', 40, 1],
])('no slot waits for %s', async (_, files, parts) => {
  const { world, starts } = slowWorld()
  const uploader = await world.uploader({ concurrency: SLOTS })
  const uploads = await Promise.all(
    Array.from({ length: files }, (_, at) =>
      uploader.uploadFile(world.file(`${at}`, parts * world.backend.partSize)),
    ),
  )
  await world.clock.exhaust()
  expect(uploads.map((upload) => upload.getSnapshot().status)).toEqual(
    uploads.map(() => 'completed'),
  )
  expect(starts.length).toBe(files * parts)
  expect(idleMs(starts)).toBe(0)
})
