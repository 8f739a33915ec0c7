import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { bytesOf } from '../support/memory-transport.ts'
import { json } from '../support/scripted-backend.ts'
import { forbidUnhandledRejections, World } from '../support/world.ts'

forbidUnhandledRejections()

const none = {
  queued: 0,
  hashing: 0,
  starting: 0,
  uploading: 0,
  completing: 0,
  completed: 0,
  paused: 0,
  failed: 0,
  cancelled: 0,
}

describe('a sum', () => {
  test('of nothing is there before any upload', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const transfer = uploader.transfer('trip')
    const nothing = {
      uploads: 0,
      byStatus: none,
      totalBytes: 0,
      sentBytes: 0,
      percentage: 0,
      speed: 0,
      eta: undefined,
      slots: 6,
    }
    expect(transfer.transferId).toBe('trip')
    expect(transfer.uploads()).toEqual([])
    expect(transfer.getSnapshot()).toEqual(nothing)
    expect(uploader.getSnapshot()).toEqual(nothing)
    expect(uploader.transfer('trip')).toBe(transfer)
  })

  test('counts a file by the size that it has when it is opened again', async () => {
    const world = new World()
    world.network.switch(false)
    const first = await world.uploader()
    const file = world.file('a', 8)
    await first.uploadFile(file)
    await first.close()
    file.bytes = bytesOf(20)
    world.network.switch(true)
    world.transport.beforeOpen = () => {
      throw new UploadError('permission_needed', 'The user must be asked')
    }
    const second = await world.uploader()
    await world.clock.settle()
    expect(second.getSnapshot().totalBytes).toBe(8)
    // It is opened at once, and nothing else of it changes while the network is away.
    world.network.switch(false)
    world.transport.beforeOpen = () => {}
    second.resume()
    await world.clock.settle()
    expect(second.getSnapshot()).toMatchObject({ totalBytes: 20, byStatus: { queued: 1 } })
  })

  test('hears of uploads that come later', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const transfer = uploader.transfer('trip')
    let heard = 0
    transfer.subscribe(() => {
      heard += 1
    })
    const upload = await uploader.uploadFile(world.file('a', 8), { transferId: 'trip' })
    await world.clock.exhaust()
    expect(heard).toBeGreaterThan(0)
    expect(transfer.uploads()).toEqual([upload])
    expect(transfer.getSnapshot()).toMatchObject({ uploads: 1, percentage: 100 })
  })

  test('counts its own uploads, and the whole counts all', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 2 })
    await uploader.uploadFile(world.file('a', 8), { transferId: 'one' })
    await uploader.uploadFile(world.file('b', 12), { transferId: 'two' })
    await uploader.uploadFile(world.file('c', 20))
    await world.clock.advance(1000)
    expect(uploader.transfer('one').getSnapshot()).toMatchObject({
      uploads: 1,
      byStatus: { ...none, completed: 1 },
      totalBytes: 8,
      sentBytes: 8,
      percentage: 100,
      speed: 0,
    })
    expect(uploader.transfer('two').getSnapshot()).toMatchObject({
      uploads: 1,
      byStatus: { ...none, uploading: 1 },
      totalBytes: 12,
      sentBytes: 0,
    })
    expect(uploader.getSnapshot()).toMatchObject({
      uploads: 3,
      byStatus: { ...none, completed: 1, uploading: 2 },
      totalBytes: 40,
      sentBytes: 8,
      percentage: 20,
    })
    await world.clock.exhaust()
    expect(uploader.getSnapshot()).toMatchObject({
      byStatus: { ...none, completed: 3 },
      percentage: 100,
      speed: 0,
    })
  })

  test('is the same object until something changes, and never changes itself', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader()
    await uploader.uploadFile(world.file('a', 8), { transferId: 'trip' })
    await uploader.uploadFile(world.file('b', 8))
    await world.clock.settle()
    const { getSnapshot } = uploader.transfer('trip')
    const before = getSnapshot()
    const copy = structuredClone(before)
    expect(getSnapshot()).toBe(before)
    await world.clock.exhaust()
    expect(getSnapshot()).not.toBe(before)
    expect(before).toEqual(copy)
    expect(uploader.getSnapshot()).toBe(uploader.getSnapshot())
  })

  test('leaves out the bytes of what was cancelled', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader()
    await uploader.uploadFile(world.file('a', 8), { transferId: 'trip' })
    const other = await uploader.uploadFile(world.file('b', 92), { transferId: 'trip' })
    await world.clock.advance(500)
    other.cancel()
    expect(uploader.transfer('trip').getSnapshot()).toMatchObject({
      uploads: 2,
      totalBytes: 8,
      byStatus: { ...none, uploading: 1, cancelled: 1 },
    })
    await world.clock.exhaust()
    expect(uploader.transfer('trip').getSnapshot()).toMatchObject({ percentage: 100, sentBytes: 8 })
  })

  test('is not at 100 % while one has failed', async () => {
    const world = new World()
    world.backend.fault = (call, count) => (call === 'start' && count === 2 ? json(400) : undefined)
    const uploader = await world.uploader()
    await uploader.uploadFile(world.file('a', 8))
    await uploader.uploadFile(world.file('b', 0))
    await world.clock.exhaust()
    const { byStatus, percentage, speed } = uploader.getSnapshot()
    expect(byStatus).toEqual({ ...none, completed: 1, failed: 1 })
    expect(percentage).toBe(99.9)
    expect(speed).toBe(0)
  })

  test('has a percentage that never falls while nothing is cancelled or added', async () => {
    const world = new World()
    world.storage.latencyMs = 200
    world.storage.fault = ({ part, attempt }) =>
      part % 2 === 0 && attempt === 1 ? new Error('broken') : undefined
    const uploader = await world.uploader({ concurrency: 3 })
    for (const name of ['a', 'b', 'c']) {
      await uploader.uploadFile(world.file(name, 24), { transferId: 'trip' })
    }
    const seen: number[] = []
    uploader
      .transfer('trip')
      .subscribe(() => seen.push(uploader.transfer('trip').getSnapshot().percentage))
    await world.clock.exhaust()
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(100)
  })
})
