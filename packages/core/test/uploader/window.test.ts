import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/runtime/memory-store.ts'
import type { MemoryFile } from '../support/memory-transport.ts'
import { QueueingTransport } from '../support/queueing-transport.ts'
import { endpoints } from '../support/scripted-backend.ts'
import { forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

const MINUTE = 60_000

function bench(): { world: World; transport: QueueingTransport } {
  const world = new World()
  return { world, transport: new QueueingTransport(world.transport, world.storage, world.files) }
}

/** 100 parts, unless told otherwise. */
function film(world: World, parts = 100, name = 'film'): MemoryFile {
  return world.file(name, parts * world.backend.partSize)
}

const partOf = ({ id }: { readonly id: string }): number => Number(id.split('/')[2])

test('a queue is given a whole window at once, and again what it has room for', async () => {
  const { world, transport } = bench()
  world.storage.latencyMs = 1000
  const uploader = await world.uploader({ transport })
  const upload = await uploader.uploadFile(film(world))
  await world.clock.settle()
  expect(transport.enqueued.map((tasks) => tasks.length)).toEqual([40])
  expect(upload.getSnapshot().confirmedParts).toBe(0)

  await world.clock.advance(1000)
  expect(upload.getSnapshot().confirmedParts).toBe(4)
  expect(transport.unsent).toHaveLength(40)
  await world.clock.exhaust()
  expect(statusOf(upload)).toBe('completed')
  const parts = transport.enqueued.flat().map(partOf)
  expect(parts).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  // The window is far below the number of parts, and so are the urls calls.
  expect(world.backend.count('urls')).toBeLessThan(10)
})

test('the bytes of a window bound it too, but one part always fits', async () => {
  const { world, transport } = bench()
  transport.atOnce = 0
  transport.window = { tasks: 40, bytes: 50 }
  const uploader = await world.uploader({ transport })
  await uploader.uploadFile(film(world))
  await world.clock.settle()
  expect(transport.unsent).toHaveLength(12)

  transport.window = { tasks: 40, bytes: 3 }
  await world.clock.settle()
  transport.atOnce = 4
  transport.goOn()
  await world.clock.exhaust()
  expect(transport.enqueued.at(-1)).toHaveLength(1)
  expect(world.stored('film')).toHaveLength(400)
})

test('many small files fill a window together', async () => {
  const { world, transport } = bench()
  transport.atOnce = 0
  const uploader = await world.uploader({ transport })
  for (let n = 0; n < 50; n += 1) await uploader.uploadFile(film(world, 1, `photo-${n}`))
  await world.clock.advance(1000)
  expect(transport.unsent).toHaveLength(40)
})

test('no URL waits in the queue for longer than it lives, at the speed that was measured', async () => {
  const { world, transport } = bench()
  world.storage.urlLifeSeconds = 15 * 60
  // Four at once: a part every 25 seconds, so half a life is enough for 18 parts.
  world.storage.latencyMs = 100_000
  transport.window = { tasks: 6, bytes: Number.POSITIVE_INFINITY }
  const uploader = await world.uploader({ transport, concurrency: 4 })
  const upload = await uploader.uploadFile(film(world, 60))
  await world.clock.advance(10 * MINUTE)
  transport.window = { tasks: 40, bytes: Number.POSITIVE_INFINITY }
  await world.clock.advance(5 * MINUTE)
  expect(transport.unsent.length).toBeGreaterThanOrEqual(12)
  expect(transport.unsent.length).toBeLessThanOrEqual(20)
  await world.clock.exhaust()
  expect(statusOf(upload)).toBe('completed')
  // Nothing was refused for a URL that had expired: every part was sent once.
  expect(transport.enqueued.flat()).toHaveLength(60)
})

test('a part that waits in the queue for hours does not stand still', async () => {
  const { world, transport } = bench()
  transport.atOnce = 0
  world.storage.urlLifeSeconds = 7 * 24 * 3600
  const uploader = await world.uploader({ transport })
  const upload = await uploader.uploadFile(film(world, 3))
  await world.clock.advance(5 * 60 * MINUTE)
  expect(transport.enqueued).toHaveLength(1)
  transport.atOnce = 1
  transport.goOn()
  await world.clock.exhaust()
  expect(statusOf(upload)).toBe('completed')
})

test('a part whose URL expires in the queue is taken back and gets a fresh one', async () => {
  const { world, transport } = bench()
  transport.atOnce = 0
  world.storage.urlLifeSeconds = 15 * 60
  const uploader = await world.uploader({ transport })
  const upload = await uploader.uploadFile(film(world, 3))
  await world.clock.advance(14 * MINUTE)
  expect(transport.enqueued).toHaveLength(1)
  await world.clock.advance(2 * MINUTE)
  expect(transport.enqueued.map((tasks) => tasks.map(partOf))).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ])
  expect(transport.unsent).toHaveLength(3)
  expect(upload.parts().map(({ attempts }) => attempts)).toEqual([0, 0, 0])
  transport.atOnce = 4
  transport.goOn()
  await world.clock.exhaust()
  expect(statusOf(upload)).toBe('completed')
  expect(transport.enqueued).toHaveLength(2)
})

test('a part that waited while the app was suspended does not stand still', async () => {
  const { world, transport } = bench()
  transport.atOnce = 1
  world.storage.latencyMs = 100_000
  const uploader = await world.uploader({ transport })
  const upload = await uploader.uploadFile(film(world, 4))
  await world.clock.advance(1000)
  world.clock.suspend(30 * MINUTE)
  await world.clock.exhaust()
  expect(statusOf(upload)).toBe('completed')
  expect(transport.enqueued.flat()).toHaveLength(4)
})

test('a part that runs and stands still is given up and sent again', async () => {
  const { world, transport } = bench()
  world.storage.fault = ({ part, attempt }) => (part === 2 && attempt === 1 ? 'hang' : undefined)
  const uploader = await world.uploader({ transport })
  const upload = await uploader.uploadFile(film(world, 3))
  await world.clock.exhaust()
  expect(statusOf(upload)).toBe('completed')
  expect(transport.enqueued.flat().map(partOf)).toEqual([1, 2, 3, 2])
})

test('what a dead process left in the queue takes up its room', async () => {
  const { world, transport } = bench()
  transport.atOnce = 0
  const first = await world.uploader({ transport })
  await first.uploadFile(film(world))
  await world.clock.settle()
  // As a crash would: the queue keeps its parts, the journal what was written.
  const second = await world.uploader({ transport })
  await world.clock.settle()
  expect(transport.unsent).toHaveLength(40)
  transport.atOnce = 4
  transport.goOn()
  await world.clock.exhaust()
  expect(second.uploads().map(statusOf)).toEqual(['completed'])
})

test('what the queue did in the meantime counts before anything is configured', async () => {
  const { world, transport } = bench()
  transport.atOnce = 0
  const first = await world.uploader({ transport })
  await first.uploadFile(film(world, 3))
  await world.clock.settle()
  const second = await world.uploader({ transport, config: undefined })
  transport.atOnce = 4
  transport.goOn()
  await world.clock.settle()
  const [upload] = second.uploads()
  expect(upload?.getSnapshot()).toMatchObject({
    confirmedParts: 3,
    waitingFor: { reason: 'config' },
  })
  second.setConfig(endpoints)
  await world.clock.exhaust()
  expect(upload && statusOf(upload)).toBe('completed')
})

test('what a dead process left in the queue for an upload that nobody has is dropped', async () => {
  const { world, transport } = bench()
  transport.atOnce = 0
  const first = await world.uploader({ transport })
  const upload = await first.uploadFile(film(world, 3))
  await world.clock.settle()
  expect(transport.unsent).toHaveLength(3)
  const forgetful = await world.uploader({ transport, store: memoryStore() })
  expect(transport.unsent).toEqual([])
  expect(forgetful.uploads()).toEqual([])
  expect(statusOf(upload)).toBe('uploading')
})

test('a window that cannot be asked for at the start fails it, later it stays as it was', async () => {
  const { world, transport } = bench()
  const { queue } = transport
  let asked = 0
  const failing = {
    ...queue,
    window: async () => {
      asked += 1
      if (asked === 1) return { tasks: 5, bytes: 1000 }
      throw new Error('the service is gone')
    },
  }
  transport.atOnce = 0
  const uploader = await world.uploader({ transport: Object.assign(transport, { queue: failing }) })
  await uploader.uploadFile(film(world))
  await world.clock.settle()
  expect(asked).toBe(2)
  expect(transport.unsent).toHaveLength(5)
  await expect(world.uploader({ transport })).rejects.toMatchObject({ code: 'queue_failed' })
})

describe('results of a queue', () => {
  const acknowledging = (transport: QueueingTransport): string[][] => {
    const acknowledged: string[][] = []
    const { queue } = transport
    const counting = {
      ...queue,
      acknowledge: (ids: readonly string[]) => {
        acknowledged.push([...ids])
        return queue.acknowledge(ids)
      },
    }
    Object.assign(transport, { queue: counting })
    return acknowledged
  }

  test('are acknowledged together once one batch of the journal holds them', async () => {
    const { world, transport } = bench()
    transport.atOnce = 8
    const acknowledged = acknowledging(transport)
    const uploader = await world.uploader({ transport })
    await uploader.uploadFile(film(world, 16))
    await world.clock.exhaust()
    expect(acknowledged.flat()).toHaveLength(16)
    expect(acknowledged.length).toBeLessThanOrEqual(4)
  })

  test('stay in the queue where the journal could not be written, for the next start to find', async () => {
    const { world, transport } = bench()
    const acknowledged = acknowledging(transport)
    const uploader = await world.uploader({ transport })
    world.storage.latencyMs = 100
    await uploader.uploadFile(film(world, 3))
    await world.clock.settle()
    world.store.writeFault = new Error('disk full')
    await world.clock.advance(100)
    expect(acknowledged).toEqual([])
    expect(await transport.queue.list()).toHaveLength(3)
  })
})
