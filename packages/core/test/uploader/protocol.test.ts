import { describe, expect, test } from 'vitest'
import { createXxh64 } from '../../src/hash/xxh64.ts'
import { bytesOf } from '../support/memory-transport.ts'
import { errorOf, forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

describe('one upload', () => {
  test('reads as the protocol', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('clip.bin', 10))
    await world.clock.settle()
    const snapshot = await upload.done

    expect(world.transcript).toEqual([
      'start clip.bin',
      'urls in/clip.bin 1,2,3',
      'PUT in/clip.bin 1',
      'PUT in/clip.bin 2',
      'PUT in/clip.bin 3',
      'complete 1,2,3',
    ])
    expect(world.stored('clip.bin')).toEqual(bytesOf(10, 1))
    expect(snapshot).toBe(upload.getSnapshot())
    expect(world.problems).toEqual([])
  })

  test('tells the backend name, hash, size and the userParams, flat', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('clip.bin', 10)
    const userParams = { albumId: '42', tags: ['a', { b: null }] }
    const upload = await uploader.uploadFile(file, { userParams })
    await world.clock.settle()

    const hash = createXxh64()
    hash.update(file.bytes)
    expect(world.backend.calls[0]?.body).toEqual({
      fileName: 'clip.bin',
      fileHash: hash.digest(),
      fileSize: 10,
      albumId: '42',
      tags: ['a', { b: null }],
    })
    expect(upload.getSnapshot()).toMatchObject({ key: 'in/clip.bin', fileHash: hash.digest() })
  })

  test('of an empty file is one empty part', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('empty', 0))
    await world.clock.settle()
    expect(await upload.done).toMatchObject({ status: 'completed', percentage: 100, totalParts: 1 })
    expect(world.transcript).toEqual([
      'start empty',
      'urls in/empty 1',
      'PUT in/empty 1',
      'complete 1',
    ])
    expect(world.stored('empty')).toEqual(new Uint8Array(0))
  })

  test('closes its source and leaves no timer behind', async () => {
    const world = new World()
    world.storage.latencyMs = 300
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('clip.bin', 10))
    upload.subscribe(() => {})
    await world.clock.exhaust()
    expect(upload.getSnapshot().status).toBe('completed')
    expect(world.clock.pending).toBe(0)
    expect(world.transport.opened).toBe(0)
  })

  test('lets a process end at once when all is done', async () => {
    const world = new World()
    world.storage.latencyMs = 300
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('clip.bin', 10))
    await world.clock.advance(300)
    await upload.done
    // Only what was gathered for the listeners is still to be told.
    await world.clock.advance(50)
    expect(world.clock.pending).toBe(0)
  })

  test('answers a rejected file with an UploadError, whatever the transport throws', async () => {
    const world = new World()
    const uploader = await world.uploader()
    world.transport.beforeOpen = () => {
      throw new TypeError('no such thing')
    }
    const error = await errorOf(uploader.uploadFile(world.file('clip.bin', 10)))
    expect(error).toMatchObject({ name: 'UploadError', code: 'file_unreadable' })
    expect(uploader.uploads()).toEqual([])
    expect(world.store.records.size).toBe(0)
  })
})

describe('several uploads', () => {
  test('share the PUT slots, the oldest first', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 3 })
    for (const name of ['a', 'b', 'c']) await uploader.uploadFile(world.file(name, 16))
    await world.clock.settle()
    expect(world.transcript.filter((line) => line.startsWith('PUT'))).toEqual([
      'PUT in/a 1',
      'PUT in/a 2',
      'PUT in/a 3',
    ])
    await world.clock.exhaust()

    const puts = world.transcript.filter((line) => line.startsWith('PUT'))
    const order = [...'aaaabbbbcccc'].map((name, index) => `PUT in/${name} ${(index % 4) + 1}`)
    expect(puts).toEqual(order)
    expect(world.storage.mostInFlight).toBe(3)
    for (const name of ['a', 'b', 'c']) {
      expect(world.stored(name)).toEqual(world.files.get(name)?.bytes)
    }
  })

  test('begin while the last part of the one before is on its way', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 3 })
    for (const name of ['a', 'b', 'c']) await uploader.uploadFile(world.file(name, 16))
    // As many rounds as three slots need for twelve parts when none of them is ever idle.
    for (let round = 1; round <= 4; round += 1) {
      await world.clock.settle()
      expect(world.storage.inFlight).toBe(3)
      await world.clock.advance(1000)
    }
    await world.clock.settle()
    expect(uploader.getSnapshot().byStatus.completed).toBe(3)
  })

  test('use six slots unless told otherwise', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader()
    await uploader.uploadFile(world.file('a', 100))
    await world.clock.exhaust()
    expect(world.storage.mostInFlight).toBe(6)
  })

  test('are hashed two at a time', async () => {
    const world = new World()
    let reading = 0
    let most = 0
    world.transport.beforeRead = async () => {
      reading += 1
      most = Math.max(most, reading)
      await new Promise<void>((resolve) => world.clock.setTimer(resolve, 10))
      reading -= 1
    }
    const uploader = await world.uploader()
    for (const name of ['a', 'b', 'c', 'd']) await uploader.uploadFile(world.file(name, 8))
    await world.clock.exhaust()
    expect(most).toBe(2)
    expect(uploader.getSnapshot().byStatus.completed).toBe(4)
  })

  test('may be 200 at once', async () => {
    const world = new World()
    world.storage.latencyMs = 20
    const uploader = await world.uploader()
    const names = Array.from({ length: 200 }, (_, index) => `f${index}`)
    const uploads = await Promise.all(
      names.map((name, index) => uploader.uploadFile(world.file(name, index % 9))),
    )
    await world.clock.exhaust()
    await Promise.all(uploads.map(({ done }) => done))

    expect(world.storage.mostInFlight).toBe(6)
    for (const name of names) expect(world.stored(name)).toEqual(world.files.get(name)?.bytes)
    expect(uploader.uploads()).toEqual(uploads)
    expect(new Set(uploads.map(({ id }) => id)).size).toBe(200)
    expect(world.transport.opened).toBe(0)
    expect(world.storage.multiparts.size).toBe(0)
  })

  test('stand in the order in which they were added, however long opening took', async () => {
    const world = new World()
    world.transport.beforeOpen = (name) =>
      name === 'slow'
        ? new Promise((resolve) => void world.clock.setTimer(resolve, 500))
        : undefined
    const uploader = await world.uploader()
    const slow = uploader.uploadFile(world.file('slow', 4))
    const fast = uploader.uploadFile(world.file('fast', 4))
    await world.clock.exhaust()
    expect(uploader.uploads()).toEqual([await slow, await fast])
  })
})

describe('the slots', () => {
  test('are never idle for want of URLs', async () => {
    const world = new World()
    world.storage.latencyMs = 100
    world.backend.latencyMs = 200
    const uploader = await world.uploader({ concurrency: 8 })
    await uploader.uploadFile(world.file('a', 4 * 400))
    await world.clock.advance(1000)
    let idle = 0
    for (let at = 0; at < 40; at += 1) {
      await world.clock.advance(100)
      idle += 8 - world.storage.inFlight
    }
    // 40 looks at 8 slots.
    expect(idle / 320).toBeLessThan(0.05)
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'cannot be %s',
    async (concurrency) => {
      const error = await errorOf(new World().uploader({ concurrency }))
      expect(error).toMatchObject({ code: 'config_invalid' })
      expect(error.message).toContain('concurrency')
    },
  )
})

describe('a clock that is wrong, and a backend that does not tell the time', () => {
  test.each([-86_400_000, 0, 86_400_000])('cost no PUT: %d ms off', async (offMs) => {
    const world = new World()
    world.storage.urlLifeSeconds = 60
    world.storage.latencyMs = 10_000
    world.backend.latencyMs = 100
    const { now, wall, setTimer } = world.clock
    const clock = { now, wall: () => wall() + offMs, setTimer }
    const uploader = await world.uploader({ concurrency: 2, platform: { clock } })
    const upload = await uploader.uploadFile(world.file('a', 160))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.transcript.filter((line) => line.startsWith('PUT'))).toHaveLength(40)
    // As many calls as with a clock that is right: no URL is given up too early either.
    expect(world.backend.count('urls')).toBe(11)
  })
})
