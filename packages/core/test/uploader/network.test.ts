import { describe, expect, test } from 'vitest'
import { forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

describe('without a network', () => {
  test('nothing is begun, and all goes on when it is back', async () => {
    const world = new World()
    world.network.switch(false)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.advance(3_600_000)
    expect(world.transcript).toEqual([])
    expect(upload.getSnapshot().waitingFor).toEqual({ reason: 'network', until: undefined })
    world.network.switch(true)
    expect(upload.getSnapshot().waitingFor).toBeUndefined()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  test('where nobody can tell of constraints, all goes on when it is back', async () => {
    const world = new World()
    const { network } = world
    const plain = {
      isOnline: () => network.isOnline(),
      subscribe: (listener: () => void) => network.subscribe(listener),
    }
    network.switch(false)
    const uploader = await world.uploader({ platform: { network: plain } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    network.switch(true)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  test('failures do not count', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 2 })
    const upload = await uploader.uploadFile(world.file('a', 40))
    // Far more often than a part may fail.
    for (let round = 0; round < 30; round += 1) {
      await world.clock.advance(300)
      world.network.switch(false)
      world.storage.fault = () => new Error('ENETDOWN')
      await world.clock.advance(30_000)
      expect(upload.getSnapshot()).toMatchObject({
        status: 'uploading',
        partsInFlight: 0,
        waitingFor: { reason: 'network' },
      })
      world.network.switch(true)
      await world.clock.advance(1)
      world.storage.fault = () => undefined
    }
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  test('a control call that breaks is made again as soon as it is back', async () => {
    const world = new World()
    world.backend.latencyMs = 1000
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.advance(500)
    world.network.switch(false)
    world.backend.fault = () => new TypeError('fetch failed')
    await world.clock.advance(60_000)
    expect(world.backend.count('start')).toBe(1)
    world.backend.fault = () => undefined
    world.network.switch(true)
    await world.clock.settle()
    expect(world.backend.count('start')).toBe(2)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  test('a part whose answer still comes counts', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 2 })
    const upload = await uploader.uploadFile(world.file('a', 16))
    await world.clock.advance(500)
    world.network.switch(false)
    await world.clock.advance(60_000)
    expect(upload.getSnapshot()).toMatchObject({ confirmedParts: 2, partsInFlight: 0 })
    world.network.switch(true)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.transcript.filter((line) => line.startsWith('PUT'))).toHaveLength(4)
  })

  test('pause and cancel work all the same', async () => {
    const world = new World()
    world.network.switch(false)
    const uploader = await world.uploader()
    const paused = await uploader.uploadFile(world.file('a', 8))
    const cancelled = await uploader.uploadFile(world.file('b', 8))
    paused.pause()
    cancelled.cancel()
    world.network.switch(true)
    await world.clock.exhaust()
    expect(uploader.uploads().map(statusOf)).toEqual(['paused', 'cancelled'])
    expect(world.transcript).toEqual([])
  })
})

describe('a constraint that is broken', () => {
  test('from the start: nothing is begun, and all goes on when it holds again', async () => {
    const world = new World()
    world.network.constrain(true)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.advance(3_600_000)
    expect(world.transcript).toEqual([])
    expect(upload.getSnapshot().waitingFor).toEqual({ reason: 'constraint', until: undefined })
    world.network.constrain(false)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  test('stops what is on its way', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.advance(500)
    expect(world.storage.inFlight).toBe(2)
    world.network.constrain(true)
    await world.clock.settle()
    expect(world.storage.inFlight).toBe(0)
    world.network.constrain(false)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })
})
