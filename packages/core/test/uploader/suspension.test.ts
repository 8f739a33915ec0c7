import { describe, expect, test } from 'vitest'
import { untilAborted } from '../../src/protocol/until-aborted.ts'
import { Deferred } from '../../src/uploader/deferred.ts'
import type { Upload } from '../../src/uploader/types.ts'
import { forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

const NIGHT = 8 * 60 * 60 * 1000

const puts = (world: World): string[] => world.transcript.filter((line) => /^PUT/.test(line))

/** Two of three parts are on their way; the storage has them and answers when the gate opens. */
async function sending(): Promise<{ world: World; upload: Upload; gate: Deferred<void> }> {
  const world = new World()
  const gate = new Deferred<void>()
  const { storage } = world
  const put = storage.put.bind(storage)
  storage.put = async (request) => {
    const response = await put(request)
    await untilAborted(gate.promise, request.signal)
    return response
  }
  const uploader = await world.uploader({ concurrency: 2 })
  const upload = await uploader.uploadFile(world.file('a', 12))
  await world.clock.advance(10_000)
  expect(puts(world)).toHaveLength(2)
  return { world, upload, gate }
}

describe('after the machine slept', () => {
  test('answers that waited are taken, and nothing is sent again', async () => {
    const { world, upload, gate } = await sending()
    world.clock.suspend(NIGHT)
    await world.clock.advance(1000)
    expect(upload.getSnapshot()).toMatchObject({ status: 'uploading', partsInFlight: 2 })
    gate.resolve()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(puts(world)).toEqual(['PUT in/a 1', 'PUT in/a 2', 'PUT in/a 3'])
  })

  test('a PUT that stays silent for one more minute is given up', async () => {
    const { world } = await sending()
    world.clock.suspend(NIGHT)
    await world.clock.advance(59_000)
    expect(puts(world)).toHaveLength(2)
    await world.clock.advance(3000)
    expect(puts(world).length).toBeGreaterThan(2)
  })

  test('it may sleep again at once', async () => {
    const { world, upload, gate } = await sending()
    for (let nights = 0; nights < 3; nights += 1) {
      world.clock.suspend(NIGHT)
      await world.clock.advance(1000)
    }
    gate.resolve()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(puts(world)).toHaveLength(3)
  })

  test('control calls are waited for likewise', async () => {
    const world = new World()
    const gate = new Deferred<void>()
    const { fetch } = world.backend
    const uploader = await world.uploader({
      platform: {
        fetch: async (url, request) => {
          const response = await fetch(url, request)
          await gate.promise
          return response
        },
      },
    })
    const upload = await uploader.uploadFile(world.file('a', 12))
    await world.clock.advance(10_000)
    world.clock.suspend(NIGHT)
    await world.clock.advance(1000)
    gate.resolve()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.backend.count('start')).toBe(1)
    expect(world.backend.count('urls')).toBe(1)
  })
})

describe('an alarm that rings a little late', () => {
  test('is no suspension: pages that are hidden have theirs rung once a minute', async () => {
    const { world } = await sending()
    // Set for 50 seconds from now.
    world.clock.suspend(109_000)
    await world.clock.advance(1000)
    expect(puts(world).length).toBeGreaterThan(2)
  })
})
