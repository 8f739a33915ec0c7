import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import type { Json, PartQueue, PartTask, PartTaskStatus } from '../../src/ports.ts'
import type { Uploader } from '../../src/uploader/types.ts'
import type { MemoryFile } from '../support/memory-transport.ts'
import { QueueingTransport } from '../support/queueing-transport.ts'
import { errorOf, forbidUnhandledRejections, stateOf, World } from '../support/world.ts'

forbidUnhandledRejections()

async function busy(): Promise<{ world: World; uploader: Uploader<MemoryFile> }> {
  const world = new World()
  world.storage.latencyMs = 1000
  const uploader = await world.uploader({ concurrency: 2 })
  for (const name of ['a', 'b', 'c']) {
    const upload = await uploader.uploadFile(world.file(name, 16))
    upload.subscribe(() => {})
  }
  await world.clock.advance(1300)
  return { world, uploader }
}

describe('an uploader that cannot be made', () => {
  test('since its queue fails gives the journal back, and leaves the transport open', async () => {
    const world = new World()
    let isThere = false
    const queue: PartQueue = {
      enqueue: async () => {},
      list: async () => {
        if (!isThere) throw new Error('no service at https://s3.test/?X-Amz-Signature=secret')
        return []
      },
      cancel: async () => {},
      acknowledge: async () => {},
      subscribe: () => () => {},
    }
    const transport = {
      capabilities: { progress: true, reopen: true, nativeHash: false, background: true },
      open: (file: MemoryFile) => world.transport.open(file),
      reopen: (ref: Json) => world.transport.reopen(ref),
      close: () => world.transport.close(),
      queue,
    } as const
    const error = await errorOf(world.uploader({ transport }))
    expect(error).toMatchObject({ code: 'queue_failed', retryable: true })
    expect(String(error.cause)).not.toContain('secret')
    expect(world.store.closed).toBe(1)
    expect(world.network.listeners).toBe(0)
    expect(world.transport.closed).toBe(false)

    isThere = true
    const uploader = await world.uploader({ transport })
    await uploader.close()
    expect(world.transport.closed).toBe(true)
  })
})

test('a queue that says in our words why it fails is passed on', async () => {
  const world = new World()
  const transport = new QueueingTransport(world.transport, world.storage, world.files)
  const cause = new UploadError('queue_failed', 'The service is switched off')
  const queue = { ...transport.queue, list: () => Promise.reject(cause) }
  const options = { transport: Object.assign(transport, { queue }) }
  expect(await errorOf(world.uploader(options))).toBe(cause)
  expect(world.store.closed).toBe(1)
})

describe('close()', () => {
  test('stops all I/O and all timers, and frees everything', async () => {
    const { world, uploader } = await busy()
    expect(world.storage.inFlight).toBe(2)
    const sent = world.transcript.length
    await uploader.close()
    await world.clock.settle()
    expect(world.clock.pending).toBe(0)
    expect(world.storage.inFlight).toBe(0)
    expect(world.transport.opened).toBe(0)
    expect(world.transport.closed).toBe(true)
    expect(world.store.closed).toBe(1)
    expect(world.network.listeners).toBe(0)
    await world.clock.advance(600_000)
    expect(world.transcript.length).toBe(sent)
    expect(world.problems).toEqual([])
  })

  test('lets a queue forget what the journal holds before it gives the journal away', async () => {
    const world = new World()
    const steps: string[] = []
    const tasks: PartTask[] = []
    let tell: (status: PartTaskStatus) => void = () => {}
    const queue: PartQueue = {
      enqueue: async (more) => void tasks.push(...more),
      list: async () => [],
      cancel: async () => {},
      acknowledge: async (ids) => void steps.push(`acknowledge ${ids}`),
      subscribe: (listener) => {
        tell = listener
        return () => {}
      },
    }
    const closeStore = world.store.close.bind(world.store)
    world.store.close = () => {
      steps.push('close the journal')
      return closeStore()
    }
    const uploader = await world.uploader({
      transport: {
        capabilities: { progress: true, reopen: true, nativeHash: false, background: true },
        open: (file) => world.transport.open(file),
        reopen: (ref) => world.transport.reopen(ref),
        queue,
      },
    })
    await uploader.uploadFile(world.file('a', 4))
    await world.clock.settle()
    const [{ id } = { id: 'none' }] = tasks
    let open = (): void => {}
    world.store.gate = new Promise((resolve) => {
      open = resolve
    })
    tell({ id, state: 'answered', response: { status: 200, headers: { etag: '"e"' } } })
    const closing = uploader.close()
    await world.clock.settle()
    open()
    await closing
    expect(steps).toEqual([`acknowledge ${id}`, 'close the journal'])
  })

  test('is idempotent', async () => {
    const { world, uploader } = await busy()
    const closing = uploader.close()
    expect(uploader.close()).toBe(closing)
    await closing
    await uploader.close()
    expect(world.store.closed).toBe(1)
  })

  test('rejects done, also where it is asked for only then', async () => {
    const { uploader } = await busy()
    const [first, second] = uploader.uploads()
    const early = first?.done ?? Promise.resolve()
    await uploader.close()
    expect(await stateOf(early)).toBe('closed')
    expect(await errorOf(second?.done ?? Promise.resolve())).toMatchObject({ code: 'closed' })
  })

  test('leaves done of what is over as it is', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const early = await uploader.uploadFile(world.file('a', 8))
    const late = await uploader.uploadFile(world.file('b', 8))
    const { done } = early
    await world.clock.exhaust()
    await uploader.close()
    expect(await stateOf(done)).toBe('resolved')
    expect(await stateOf(late.done)).toBe('resolved')
  })

  test('makes uploadFile refuse', async () => {
    const { world, uploader } = await busy()
    await uploader.close()
    const opened = world.transport.opened
    expect(await errorOf(uploader.uploadFile(world.file('d', 8)))).toMatchObject({ code: 'closed' })
    expect(world.transport.opened).toBe(opened)
  })

  test('while a file is being opened or recorded leaves nothing behind', async () => {
    for (const where of ['open', 'record'] as const) {
      const world = new World()
      const uploader = await world.uploader()
      let go = (): void => {}
      const gate = new Promise<void>((resolve) => {
        go = resolve
      })
      if (where === 'open') world.transport.beforeOpen = () => gate
      else world.store.gate = gate
      const adding = uploader.uploadFile(world.file('a', 8))
      adding.catch(() => {})
      await world.clock.settle()
      const closing = uploader.close()
      await world.clock.settle()
      go()
      await closing
      expect(await errorOf(adding)).toMatchObject({ code: 'closed' })
      await world.clock.settle()
      expect(world.transport.opened).toBe(0)
      expect(world.clock.pending).toBe(0)
      expect(world.transcript).toEqual([])
    }
  })

  test('while a file is being opened again leaves no file open', async () => {
    const { world, uploader } = await busy()
    await uploader.close()
    let go = (): void => {}
    world.transport.beforeOpen = () =>
      new Promise((resolve) => {
        const before = go
        go = () => {
          before()
          resolve()
        }
      })
    const second = await world.uploader()
    await world.clock.settle()
    const closing = second.close()
    await world.clock.settle()
    go()
    await closing
    await world.clock.settle()
    expect(world.transport.opened).toBe(0)
  })

  test('ends hashing', async () => {
    const world = new World()
    let reads = 0
    world.transport.beforeRead = () => {
      reads += 1
      return new Promise((resolve) => void world.clock.setTimer(resolve, 1000))
    }
    const uploader = await world.uploader()
    await uploader.uploadFile(world.file('a', 5 * 1024 * 1024))
    await world.clock.advance(500)
    await uploader.close()
    await world.clock.exhaust()
    expect(reads).toBe(1)
    expect(world.problems).toEqual([])
  })

  test('commands and subscriptions after it do nothing', async () => {
    const { world, uploader } = await busy()
    await uploader.close()
    const [upload] = uploader.uploads()
    const before = upload?.getSnapshot()
    let heard = 0
    upload?.subscribe(() => {
      heard += 1
    })
    for (const command of ['pause', 'resume', 'retry', 'cancel'] as const) upload?.[command]()
    uploader.cancel()
    world.network.switch(false)
    await world.clock.exhaust()
    expect(upload?.getSnapshot()).toEqual(before)
    expect(heard).toBe(0)
    expect(world.clock.pending).toBe(0)
  })

  test('tells listeners of the last changes before it ends', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    const seen: string[] = []
    upload.subscribe(() => seen.push(upload.getSnapshot().status))
    await upload.done
    await uploader.close()
    expect(seen).toEqual(['completed'])
  })

  test('frees the rest when something cannot be closed', async () => {
    const { world, uploader } = await busy()
    world.store.close = async () => {
      throw new Error('EIO')
    }
    await uploader.close()
    expect(world.transport.closed).toBe(true)
    expect(world.problems).toMatchObject([{ code: 'internal', cause: { message: 'EIO' } }])
  })

  test('of an uploader without uploads is fine', async () => {
    const world = new World()
    const uploader = await world.uploader()
    await uploader.close()
    expect(world.store.closed).toBe(1)
  })
})
