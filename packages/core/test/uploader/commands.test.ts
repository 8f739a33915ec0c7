import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import type { Upload } from '../../src/uploader/types.ts'
import { endpoints, extensions, json } from '../support/scripted-backend.ts'
import { errorOf, forbidUnhandledRejections, stateOf, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

interface Situation {
  readonly name: string
  /** What the upload shows then. */
  readonly status: string
  readonly prepare: (world: World) => void
  /** Milliseconds until it is so. */
  readonly after: number
}

/** Every status that an upload can be in while it is under way. */
const situations: readonly Situation[] = [
  {
    name: 'queued behind others',
    status: 'queued',
    after: 0,
    prepare: (world) => world.network.switch(false),
  },
  {
    name: 'hashing',
    status: 'hashing',
    after: 500,
    prepare: (world) => {
      world.transport.beforeRead = () =>
        new Promise((resolve) => void world.clock.setTimer(resolve, 1000))
    },
  },
  {
    name: 'starting',
    status: 'starting',
    after: 500,
    prepare: (world) => {
      world.backend.latencyMs = 1000
    },
  },
  {
    name: 'waiting to start again',
    status: 'starting',
    after: 100,
    prepare: (world) => {
      world.backend.fault = (call, count) =>
        call === 'start' && count === 1 ? json(500) : undefined
    },
  },
  {
    name: 'waiting for URLs',
    status: 'uploading',
    after: 1500,
    prepare: (world) => {
      world.backend.latencyMs = 1000
    },
  },
  {
    name: 'uploading',
    status: 'uploading',
    after: 1500,
    prepare: (world) => {
      world.storage.latencyMs = 1000
    },
  },
  {
    name: 'waiting to send parts again',
    status: 'uploading',
    after: 100,
    prepare: (world) => {
      world.storage.fault = ({ attempt }) => (attempt === 1 ? new Error('broken') : undefined)
    },
  },
  {
    name: 'completing',
    status: 'completing',
    after: 2500,
    prepare: (world) => {
      world.backend.latencyMs = 1000
    },
  },
]

async function reach(
  situation: Situation,
  config: object = endpoints,
): Promise<{ world: World; upload: Upload; done: Promise<unknown> }> {
  const world = new World()
  situation.prepare(world)
  const uploader = await world.uploader({ concurrency: 2, config: { ...endpoints, ...config } })
  const upload = await uploader.uploadFile(world.file('a', 16))
  await world.clock.advance(situation.after)
  expect(statusOf(upload)).toBe(situation.status)
  return { world, upload, done: upload.done }
}

describe.each(situations)('while $name', (situation) => {
  test('pause stops it, twice as well as once, and resume lets it go on', async () => {
    const { world, upload, done } = await reach(situation)
    upload.pause()
    expect(statusOf(upload)).toBe('paused')
    const paused = upload.getSnapshot()
    upload.pause()
    expect(upload.getSnapshot()).toBe(paused)
    await world.clock.exhaust()
    // A control call that was under way may have been answered; nothing new was sent.
    const sent = world.transcript.length
    expect(statusOf(upload)).toMatch(/^(paused|completed)$/)
    expect(world.storage.inFlight).toBe(0)
    await world.clock.advance(600_000)
    expect(world.transcript.length).toBe(sent)
    expect(world.clock.pending).toBe(0)

    world.network.switch(true)
    upload.resume()
    upload.resume()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(await stateOf(done)).toBe('resolved')
    expect(world.stored('a')).toEqual(world.files.get('a')?.bytes)
    expect(world.backend.count('start')).toBeLessThanOrEqual(2)
    expect(world.backend.count('complete')).toBe(1)
    expect(world.clock.pending).toBe(0)
  })

  test('cancel ends it, and nothing is sent any more', async () => {
    const { world, upload, done } = await reach(situation)
    const sent = world.transcript.length
    upload.cancel()
    expect(statusOf(upload)).toBe('cancelled')
    const cancelled = upload.getSnapshot()
    expect(await stateOf(done)).toBe('cancelled')
    upload.cancel()
    upload.pause()
    upload.resume()
    upload.retry()
    world.network.switch(true)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('cancelled')
    expect(cancelled.error).toBeUndefined()
    expect(world.transcript.length).toBe(sent)
    expect(world.storage.inFlight).toBe(0)
    expect(world.transport.opened).toBe(0)
    expect(world.store.records.size).toBe(0)
    expect(world.clock.pending).toBe(0)
    expect(await errorOf(upload.done)).toMatchObject({ code: 'cancelled', retryable: false })
  })

  test('cancel sends the abort where it is configured, and nothing else', async () => {
    const { world, upload } = await reach(situation, extensions)
    const sent = world.transcript.length
    upload.cancel()
    upload.cancel()
    world.network.switch(true)
    await world.clock.exhaust()
    const more = world.transcript.slice(sent)
    const started = world.backend.count('start') > 0 && situation.name !== 'waiting to start again'
    expect(more).toEqual(started ? ['abort'] : [])
    expect(world.storage.multiparts.size).toBe(0)
    expect(world.store.records.size).toBe(0)
    expect(world.clock.pending).toBe(0)
  })

  test('cancel while paused ends it too', async () => {
    const { world, upload, done } = await reach(situation)
    upload.pause()
    upload.cancel()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('cancelled')
    expect(await stateOf(done)).toBe('cancelled')
    expect(world.store.records.size).toBe(0)
  })
})

test('what is added paused begins with resume, after a restart too', async () => {
  const world = new World()
  const first = await world.uploader()
  const upload = await first.uploadFile(world.file('film.mov', 0), { paused: true })
  await world.clock.advance(10_000)
  expect(statusOf(upload)).toBe('paused')
  await first.close()
  const second = await world.uploader()
  await world.clock.advance(10_000)
  expect(second.uploads().map(statusOf)).toEqual(['paused'])
  expect(world.transcript).toEqual([])
  // Adding it once more is not resuming it.
  const again = await second.uploadFile(world.files.get('film.mov') ?? world.file('none', 0))
  await world.clock.advance(10_000)
  expect(statusOf(again)).toBe('paused')
  second.resume()
  await world.clock.advance(10_000)
  expect(second.uploads().map(statusOf)).toEqual(['completed'])
})

describe('after the end', () => {
  test('nothing changes a completed upload', async () => {
    const world = new World()
    const uploader = await world.uploader({ config: { ...endpoints, ...extensions } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    const sent = world.transcript.length
    for (const command of ['pause', 'resume', 'retry', 'cancel'] as const) upload[command]()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.transcript.length).toBe(sent)
    expect(await stateOf(upload.done)).toBe('resolved')
  })

  test('a failed upload can be cancelled, and is aborted then', async () => {
    const world = new World()
    world.backend.fault = (call) => (call === 'complete' ? json(400) : undefined)
    const uploader = await world.uploader({ config: { ...endpoints, ...extensions } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    const failed = upload.done
    expect(statusOf(upload)).toBe('failed')
    upload.pause()
    upload.resume()
    expect(statusOf(upload)).toBe('failed')
    upload.cancel()
    await world.clock.exhaust()
    expect(upload.getSnapshot()).toMatchObject({ status: 'cancelled', error: undefined })
    expect(world.transcript.at(-1)).toBe('abort')
    expect(await stateOf(failed)).toBe('backend_rejected')
    expect(world.store.records.size).toBe(0)
    expect(world.transport.opened).toBe(0)
  })
})

describe('an abort call', () => {
  test('that fails for a while is made again', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    world.backend.fault = (call, count) => (call === 'abort' && count < 3 ? json(503) : undefined)
    const uploader = await world.uploader({ config: { ...endpoints, ...extensions } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.settle()
    upload.cancel()
    await world.clock.exhaust()
    expect(world.backend.count('abort')).toBe(3)
    expect(world.store.records.size).toBe(0)
  })

  test('that is refused is not made again', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    world.backend.fault = (call) => (call === 'abort' ? json(400) : undefined)
    const uploader = await world.uploader({ config: { ...endpoints, ...extensions } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.settle()
    upload.cancel()
    await world.clock.exhaust()
    expect(world.backend.count('abort')).toBe(1)
    expect(world.store.records.size).toBe(0)
  })

  test('comes through once the network is back, after hours at the next start', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const uploader = await world.uploader({ config: { ...endpoints, ...extensions } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.settle()
    world.network.switch(false)
    world.backend.fault = () => (world.network.isOnline() ? undefined : new TypeError('offline'))
    upload.cancel()
    await world.clock.advance(3_600_000)
    expect(world.storage.multiparts.size).toBe(1)
    expect(world.store.records.size).toBe(1)
    world.network.switch(true)
    await uploader.close()
    await world.uploader({ config: { ...endpoints, ...extensions } })
    await world.clock.exhaust()
    expect(world.storage.multiparts.size).toBe(0)
    expect(world.store.records.size).toBe(0)
  })

  test('goes out when the uploader is closed right after', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const uploader = await world.uploader({ config: { ...endpoints, ...extensions } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    const other = await uploader.uploadFile(world.file('b', 8))
    await world.clock.settle()
    upload.cancel()
    await uploader.close()
    expect(world.backend.count('abort')).toBe(1)
    expect(world.storage.multiparts.size).toBe(1)
    expect(other.getSnapshot().status).toBe('uploading')
    expect(world.clock.pending).toBe(0)
  })

  test('that hangs keeps the uploader from closing for a moment only', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    world.backend.fault = (call) => (call === 'abort' ? 'hang' : undefined)
    const uploader = await world.uploader({ config: { ...endpoints, ...extensions } })
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.settle()
    upload.cancel()
    let closed = false
    const closing = uploader.close().then(() => {
      closed = true
    })
    await world.clock.advance(2999)
    expect(closed).toBe(false)
    await world.clock.advance(1)
    await closing
    expect(world.clock.pending).toBe(0)
    expect(world.store.records.size).toBe(1)
  })

  test('is made up for after a restart', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    world.backend.fault = (call) => (call === 'abort' ? 'hang' : undefined)
    const config = { ...endpoints, ...extensions }
    const first = await world.uploader({ config })
    const upload = await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    upload.cancel()
    await world.clock.settle()
    const closing = first.close()
    await world.clock.advance(3000)
    await closing

    world.backend.fault = () => undefined
    const second = await world.uploader({ config })
    await world.clock.exhaust()
    expect(second.uploads().map(statusOf)).toEqual(['cancelled'])
    expect(world.backend.count('abort')).toBe(2)
    expect(world.backend.count('start')).toBe(1)
    expect(world.storage.multiparts.size).toBe(0)
    expect(world.store.records.size).toBe(0)
  })

  test('is made up for, once, for every multipart upload that was given up', async () => {
    const world = new World()
    world.backend.fault = (call) => {
      if (call === 'abort') return 'hang'
      return call === 'complete' ? json(400, { code: 'InvalidPart' }) : undefined
    }
    const config = { ...endpoints, ...extensions }
    const first = await world.uploader({ config })
    const upload = await first.uploadFile(world.file('a', 8))
    for (let goes = 0; goes < 3; goes += 1) {
      await world.clock.settle()
      upload.retry()
    }
    await world.clock.settle()
    await first.close()
    expect(world.storage.multiparts.size).toBe(4)

    world.backend.fault = () => undefined
    const second = await world.uploader({ config })
    second.uploads()[0]?.retry()
    await world.clock.exhaust()
    expect(second.uploads().map(statusOf)).toEqual(['completed'])
    expect(world.storage.multiparts.size).toBe(0)
    await second.close()
    const aborts = world.backend.count('abort')
    await world.uploader({ config })
    await world.clock.exhaust()
    expect(world.backend.count('abort')).toBe(aborts)
  })

  test('is made up for when the configuration comes after the restart', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    world.backend.fault = (call) => (call === 'abort' ? 'hang' : undefined)
    const config = { ...endpoints, ...extensions }
    const first = await world.uploader({ config })
    const upload = await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    upload.cancel()
    await world.clock.settle()
    const closing = first.close()
    await world.clock.advance(3000)
    await closing

    world.backend.fault = () => undefined
    const second = await world.uploader({ config: undefined })
    await world.clock.settle()
    second.setConfig(config)
    await world.clock.exhaust()
    expect(world.backend.count('abort')).toBe(2)
    expect(world.store.records.size).toBe(0)
  })
})

describe('the uploader and a transfer', () => {
  test('pause, resume and cancel all of theirs', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader()
    const [a, b, c] = [
      await uploader.uploadFile(world.file('a', 8), { transferId: 'trip' }),
      await uploader.uploadFile(world.file('b', 8), { transferId: 'trip' }),
      await uploader.uploadFile(world.file('c', 8)),
    ]
    const statuses = (): string[] => [a, b, c].map(statusOf)
    await world.clock.settle()
    uploader.pause()
    expect(statuses()).toEqual(['paused', 'paused', 'paused'])
    expect(uploader.getSnapshot().byStatus.paused).toBe(3)
    uploader.transfer('trip').resume()
    await world.clock.settle()
    expect(statuses()).toEqual(['uploading', 'uploading', 'paused'])
    uploader.transfer('trip').pause()
    expect(statuses()).toEqual(['paused', 'paused', 'paused'])
    uploader.resume()
    uploader.resume()
    await world.clock.settle()
    expect(statuses()).toEqual(['uploading', 'uploading', 'uploading'])
    uploader.transfer('trip').cancel()
    expect(statuses()).toEqual(['cancelled', 'cancelled', 'uploading'])
    await world.clock.exhaust()
    expect(statuses()).toEqual(['cancelled', 'cancelled', 'completed'])
    uploader.cancel()
    expect(statuses()).toEqual(['cancelled', 'cancelled', 'completed'])
  })

  test.each(['pause', 'cancel'] as const)('%s begins nothing new', async (command) => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    for (let index = 0; index < 30; index += 1) {
      await first.uploadFile(world.file(`f${index}`, 4))
    }
    await world.clock.settle()
    await first.close()
    const second = await world.uploader({ concurrency: 1 })
    await world.clock.settle()
    let begun = 0
    const begin = (): void => {
      begun += 1
    }
    world.transport.beforeOpen = begin
    world.transport.beforeRead = begin
    second[command]()
    await world.clock.exhaust()
    expect(begun).toBe(0)
    expect(world.transport.opened).toBe(command === 'cancel' ? 0 : 4)
  })

  test('pause also what has not had its turn', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 1 })
    for (let index = 0; index < 10; index += 1) {
      await uploader.uploadFile(world.file(`f${index}`, 4))
    }
    await world.clock.settle()
    uploader.pause()
    const sent = world.transcript.length
    await world.clock.exhaust()
    expect(world.transcript.length).toBe(sent)
    expect(uploader.getSnapshot().byStatus.paused).toBe(10)
    uploader.resume()
    await world.clock.exhaust()
    expect(uploader.getSnapshot().byStatus.completed).toBe(10)
  })
})

describe('done', () => {
  test('is the same promise until retry()', async () => {
    const world = new World()
    world.backend.fault = (call, count) => (call === 'start' && count === 1 ? json(400) : undefined)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    const first = upload.done
    await world.clock.exhaust()
    expect(upload.done).toBe(first)
    upload.retry()
    const second = upload.done
    expect(second).not.toBe(first)
    await world.clock.exhaust()
    expect(upload.done).toBe(second)
    expect(await stateOf(first)).toBe('backend_rejected')
    expect(await stateOf(second)).toBe('resolved')
  })

  test('may be asked for only when all is over', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const good = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    world.backend.fault = () => json(400)
    const bad = await uploader.uploadFile(world.file('b', 8))
    await world.clock.exhaust()
    expect(await stateOf(good.done)).toBe('resolved')
    expect(await stateOf(bad.done)).toBe('backend_rejected')
    expect(await errorOf(bad.done)).toBe(bad.getSnapshot().error)
  })

  test('that nobody asked for is new after retry() all the same', async () => {
    const world = new World()
    world.backend.fault = (call, count) => (call === 'start' && count === 1 ? json(400) : undefined)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    upload.retry()
    await world.clock.exhaust()
    expect(await stateOf(upload.done)).toBe('resolved')
  })
})

describe('resume() of an upload that waits for its file', () => {
  /** An upload of an earlier process, with a transport that says why it opens nothing. */
  async function waiting(code: 'file_not_found' | 'permission_needed') {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    await first.close()
    world.storage.fault = () => undefined
    const opened: string[] = []
    let fault: UploadError | undefined = new UploadError(code, 'It is not to be had')
    world.transport.beforeOpen = (name) => {
      opened.push(name)
      if (fault !== undefined) throw fault
    }
    const uploader = await world.uploader()
    await world.clock.settle()
    const permit = (): void => {
      fault = undefined
    }
    return { world, uploader, upload: uploader.uploads()[0] as Upload, opened, permit }
  }

  test.each(['file_not_found', 'permission_needed'] as const)('after %s', async (code) => {
    const { world, uploader, upload, opened, permit } = await waiting(code)
    const { waitingFor } = upload.getSnapshot()
    expect(waitingFor).toMatchObject({ reason: 'file', error: { code, retryable: true } })
    expect(waitingFor?.error?.hint).toMatch(code === 'permission_needed' ? /click/ : /add the file/)
    const { done } = upload
    upload.resume()
    await world.clock.settle()
    expect(opened).toHaveLength(2)
    const { error } = upload.getSnapshot().waitingFor ?? {}
    expect(error).toMatchObject({ code })
    await world.clock.advance(600_000)
    expect(opened).toHaveLength(2)
    // Another snapshot, and the same error: people compare.
    const snapshot = upload.getSnapshot()
    for (const online of [false, true]) world.network.switch(online)
    expect(upload.getSnapshot()).not.toBe(snapshot)
    expect(upload.getSnapshot().waitingFor?.error).toBe(error)
    permit()
    uploader.resume()
    uploader.resume()
    await world.clock.exhaust()
    expect(opened).toHaveLength(3)
    expect(await done).toMatchObject({ status: 'completed', waitingFor: undefined })
  })

  test('asks within the click, and not when its turn comes', async () => {
    const { world, upload, opened } = await waiting('permission_needed')
    upload.resume()
    // What was asked for by now was asked for while the click was handled.
    await Promise.resolve()
    expect(opened).toHaveLength(2)
    await world.clock.settle()
    expect(upload.getSnapshot().waitingFor?.reason).toBe('file')
  })
})
