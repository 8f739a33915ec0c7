import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { Deferred } from '../../src/uploader/deferred.ts'
import type { Upload, UploadSnapshot } from '../../src/uploader/types.ts'
import { answer } from '../support/memory-storage.ts'
import { json } from '../support/scripted-backend.ts'
import { forbidUnhandledRejections, World } from '../support/world.ts'

forbidUnhandledRejections()

/** Every snapshot that a listener saw, the first one included. */
function watch(upload: Upload): UploadSnapshot[] {
  const seen = [upload.getSnapshot()]
  upload.subscribe(() => seen.push(upload.getSnapshot()))
  return seen
}

describe('a snapshot', () => {
  test('is the same object until something changes', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 10))
    await world.clock.settle()
    const before = upload.getSnapshot()
    expect(upload.getSnapshot()).toBe(before)
    await world.clock.advance(400)
    expect(upload.getSnapshot()).toBe(before)
    await world.clock.advance(100)
    expect(upload.getSnapshot()).not.toBe(before)
    await world.clock.exhaust()
    const after = upload.getSnapshot()
    expect(upload.getSnapshot()).toBe(after)
  })

  test('is the same object after what nobody can see', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    const recorded = new Deferred<void>()
    world.backend.fault = (call) => {
      // That the upload is completed becomes durable later than it is seen.
      if (call === 'complete') world.store.gate = recorded.promise
      return undefined
    }
    const { status } = await upload.done
    expect(status).toBe('completed')
    const shown = upload.getSnapshot()
    recorded.resolve()
    await world.clock.exhaust()
    expect(world.store.records.get(`u/${upload.id}`)).toContain('completed')
    expect(upload.getSnapshot()).toBe(shown)
  })

  test('never changes itself', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 10))
    const seen = watch(upload)
    const copies: UploadSnapshot[] = [structuredClone(seen[0] as UploadSnapshot)]
    upload.subscribe(() => copies.push(structuredClone(upload.getSnapshot())))
    await world.clock.exhaust()
    expect(seen.length).toBeGreaterThan(3)
    expect(seen).toEqual(copies)
  })

  test('is told of at most 20 times a second, however many parts there are', async () => {
    const world = new World()
    world.storage.latencyMs = 20
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4000), { transferId: 'trip' })
    const told = new Map<string, number[]>()
    for (const [name, one] of Object.entries({
      upload,
      uploader,
      trip: uploader.transfer('trip'),
    })) {
      const times: number[] = []
      told.set(name, times)
      one.subscribe(() => times.push(world.clock.now()))
    }
    await world.clock.exhaust()
    expect(upload.getSnapshot()).toMatchObject({ status: 'completed', confirmedParts: 1000 })
    for (const [name, times] of told) {
      expect(times.length, name).toBeGreaterThan(50)
      // 21 rounds take more than a second.
      const gaps = times.slice(20).map((time, index) => time - (times[index] ?? 0))
      expect(Math.min(...gaps), name).toBeGreaterThanOrEqual(1000)
    }
  })

  test('tells of every step', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    world.backend.latencyMs = 1000
    world.transport.beforeRead = () =>
      new Promise((resolve) => void world.clock.setTimer(resolve, 1000))
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 10), { transferId: 'trip' })
    const seen = watch(upload)
    await world.clock.exhaust()
    const statuses = seen.map(({ status }) => status)
    expect(statuses.filter((status, index) => status !== statuses[index - 1])).toEqual([
      'hashing',
      'starting',
      'uploading',
      'completing',
      'completed',
    ])
    expect(seen[0]).toEqual({
      id: upload.id,
      name: 'a',
      transferId: 'trip',
      status: 'hashing',
      totalBytes: 10,
      hashedBytes: 0,
      sentBytes: 0,
      confirmedBytes: 0,
      totalParts: 0,
      confirmedParts: 0,
      partsInFlight: 0,
      percentage: 0,
      speed: 0,
      eta: undefined,
      waitingFor: undefined,
      error: undefined,
      key: undefined,
      fileHash: undefined,
    })
    expect(seen.at(-1)).toMatchObject({
      status: 'completed',
      hashedBytes: 10,
      sentBytes: 10,
      confirmedBytes: 10,
      totalParts: 3,
      confirmedParts: 3,
      partsInFlight: 0,
      percentage: 100,
      speed: 0,
      waitingFor: undefined,
    })
  })

  test('shows 100 % only when completed', async () => {
    const world = new World()
    world.storage.latencyMs = 100
    world.backend.fault = (call) => (call === 'complete' ? 'hang' : undefined)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 10))
    await world.clock.advance(1000)
    expect(upload.getSnapshot()).toMatchObject({
      status: 'completing',
      sentBytes: 10,
      confirmedBytes: 10,
    })
    expect(upload.getSnapshot().percentage).toBeLessThan(100)
    expect(upload.getSnapshot().percentage).toBeGreaterThan(99)
  })

  test('counts parts and bytes', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 2 })
    const upload = await uploader.uploadFile(world.file('a', 10))
    await world.clock.settle()
    expect(upload.getSnapshot()).toMatchObject({ totalParts: 3, partsInFlight: 2, sentBytes: 0 })
    await world.clock.advance(500)
    expect(upload.getSnapshot()).toMatchObject({ sentBytes: 4, confirmedBytes: 0, percentage: 40 })
    await world.clock.advance(500)
    expect(upload.getSnapshot()).toMatchObject({
      sentBytes: 8,
      confirmedBytes: 8,
      confirmedParts: 2,
      partsInFlight: 1,
      percentage: 80,
    })
  })

  test('never takes bytes back when a part is tried again', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 2 })
    const upload = await uploader.uploadFile(world.file('a', 24))
    const seen = watch(upload)
    await world.clock.advance(700)
    // Half of each part was on its way when the network broke.
    world.network.switch(false)
    upload.pause()
    upload.resume()
    await world.clock.advance(500)
    world.network.switch(true)
    world.storage.fault = ({ attempt }) => (attempt < 3 ? new Error('broken') : undefined)
    await world.clock.exhaust()
    expect(upload.getSnapshot().status).toBe('completed')
    const bytes = seen.map(({ sentBytes }) => sentBytes)
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
    const percentages = seen.map(({ percentage }) => percentage)
    expect(percentages).toEqual([...percentages].sort((a, b) => a - b))
    expect(percentages.filter((percentage) => percentage === 100)).toHaveLength(1)
  })

  test('tells speed and the seconds to go, and forgets them when nothing moves', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 1 })
    world.backend.partSize = 1000
    const upload = await uploader.uploadFile(world.file('a', 20_000))
    await world.clock.advance(10_000)
    const moving = upload.getSnapshot()
    // One part of 1,000 bytes a second.
    expect(moving.speed).toBeGreaterThan(800)
    expect(moving.speed).toBeLessThan(1200)
    expect(moving.eta).toBeCloseTo((20_000 - moving.sentBytes) / moving.speed, 6)
    expect(uploader.getSnapshot().speed).toBeCloseTo(moving.speed, -3)

    world.storage.fault = () => 'hang'
    await world.clock.advance(7000)
    expect(upload.getSnapshot()).toMatchObject({ status: 'uploading', speed: 0, eta: undefined })
    expect(uploader.getSnapshot()).toMatchObject({ speed: 0, eta: undefined })
  })
})

describe('waitingFor', () => {
  test('is undefined while something moves', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    world.backend.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 2 })
    const upload = await uploader.uploadFile(world.file('a', 24))
    const seen = watch(upload)
    await world.clock.exhaust()
    expect(seen.map(({ waitingFor }) => waitingFor)).toEqual(seen.map(() => undefined))
  })

  test('is a slot while older uploads hold all of them', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 1 })
    const older = await uploader.uploadFile(world.file('a', 12))
    const younger = await uploader.uploadFile(world.file('b', 4))
    await world.clock.settle()
    expect(older.getSnapshot().waitingFor).toBeUndefined()
    expect(younger.getSnapshot()).toMatchObject({
      status: 'uploading',
      waitingFor: { reason: 'slot', until: undefined },
    })
  })

  test('is a slot for those whose turn has not come', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const uploader = await world.uploader({ concurrency: 1 })
    const uploads = []
    for (let index = 0; index < 10; index += 1) {
      uploads.push(await uploader.uploadFile(world.file(`f${index}`, 4)))
    }
    await world.clock.settle()
    expect(uploads.at(-1)?.getSnapshot()).toMatchObject({
      status: 'queued',
      waitingFor: { reason: 'slot' },
    })
  })

  test('is a retry of a control call, and until when', async () => {
    const world = new World()
    world.backend.fault = (call, count) =>
      call === 'start' && count === 1 ? json(503, {}, { 'retry-after': '30' }) : undefined
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.settle()
    const { status, waitingFor } = upload.getSnapshot()
    expect(status).toBe('starting')
    expect(waitingFor?.reason).toBe('retry')
    const until = waitingFor?.until ?? 0
    expect(until - world.clock.wall()).toBeGreaterThanOrEqual(30_000)
    expect(until - world.clock.wall()).toBeLessThan(31_000)
    await world.clock.advance(until - world.clock.wall() - 1)
    expect(world.backend.count('start')).toBe(1)
    await world.clock.advance(1)
    expect(world.backend.count('start')).toBe(2)
  })

  test.each([1, 6])('is a retry of parts, with %i slots', async (concurrency) => {
    const world = new World()
    world.storage.fault = ({ attempt }) => (attempt === 1 ? answer(503) : undefined)
    const uploader = await world.uploader({ concurrency })
    const upload = await uploader.uploadFile(world.file('a', 12))
    await world.clock.settle()
    // Half of the first step of the backoff.
    expect(upload.getSnapshot()).toMatchObject({
      status: 'uploading',
      waitingFor: { reason: 'retry', until: world.clock.wall() + 250 },
    })
    await world.clock.exhaust()
    expect(upload.getSnapshot().status).toBe('completed')
  })

  test('is a retry of the urls call', async () => {
    const world = new World()
    world.backend.fault = (call, count) => (call === 'urls' && count === 1 ? json(500) : undefined)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 12))
    await world.clock.settle()
    expect(upload.getSnapshot().waitingFor).toEqual({
      reason: 'retry',
      until: world.clock.wall() + 250,
    })
  })

  test('is the network while there is none', async () => {
    const world = new World()
    const uploader = await world.uploader()
    world.network.switch(false)
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.settle()
    expect(upload.getSnapshot().waitingFor).toEqual({ reason: 'network', until: undefined })
    expect(world.transcript).toEqual([])
  })

  test('is the file when it cannot be found after a restart', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 4))
    await world.clock.settle()
    await first.close()
    world.files.delete('a')
    const second = await world.uploader()
    await world.clock.settle()
    expect(second.uploads()[0]?.getSnapshot()).toMatchObject({
      status: 'queued',
      waitingFor: { reason: 'file', until: undefined },
    })
  })

  test('is the configuration until there is one', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 4))
    await first.close()
    const second = await world.uploader({ config: undefined })
    await world.clock.settle()
    expect(second.uploads()[0]?.getSnapshot().waitingFor).toEqual({
      reason: 'config',
      until: undefined,
    })
  })

  test('is nothing when paused or over', async () => {
    const world = new World()
    const uploader = await world.uploader()
    world.network.switch(false)
    const upload = await uploader.uploadFile(world.file('a', 4))
    upload.pause()
    expect(upload.getSnapshot()).toMatchObject({ status: 'paused', waitingFor: undefined })
    upload.cancel()
    expect(upload.getSnapshot()).toMatchObject({ status: 'cancelled', waitingFor: undefined })
  })
})

describe('listeners', () => {
  test('are called at most 20 times a second', async () => {
    const world = new World()
    world.storage.latencyMs = 10
    const uploader = await world.uploader({ concurrency: 2 })
    const upload = await uploader.uploadFile(world.file('a', 4 * 1000))
    let ofUpload = 0
    let ofAll = 0
    upload.subscribe(() => {
      ofUpload += 1
    })
    uploader.subscribe(() => {
      ofAll += 1
    })
    await world.clock.advance(2000)
    expect(upload.getSnapshot().status).toBe('uploading')
    for (const calls of [ofUpload, ofAll]) {
      expect(calls).toBeGreaterThan(20)
      expect(calls).toBeLessThanOrEqual(41)
    }
  })

  test('hear of the last change', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    const seen = watch(upload)
    await world.clock.exhaust()
    expect(seen.at(-1)).toBe(upload.getSnapshot())
    expect(seen.at(-1)?.status).toBe('completed')
  })

  test('hear nothing after they unsubscribed', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    let calls = 0
    const unsubscribe = upload.subscribe(() => {
      calls += 1
    })
    unsubscribe()
    unsubscribe()
    await world.clock.exhaust()
    expect(calls).toBe(0)
  })

  test('of a group hear of what only its uploads show', async () => {
    const world = new World()
    const unreadable = new Deferred<void>()
    world.transport.beforeRead = () => unreadable.promise
    const file = world.file('a', 4)
    const uploader = await world.uploader()
    await uploader.uploadFile(file, { transferId: 'trip' })
    await uploader.close()
    world.transport.beforeOpen = () => {
      throw new UploadError('file_not_found', 'It is gone')
    }
    const next = await world.uploader()
    await world.clock.exhaust()
    const [upload] = next.uploads()
    const seen: unknown[] = []
    for (const group of [next, next.transfer('trip')]) {
      group.subscribe(() => seen.push(upload?.getSnapshot().waitingFor))
    }
    const opening = new Deferred<void>()
    world.transport.beforeOpen = () => opening.promise
    next.resume()
    await world.clock.exhaust()
    expect(seen).toEqual([undefined, undefined])
    opening.reject(new UploadError('file_not_found', 'It is still gone'))
    await world.clock.exhaust()
    const waits = { reason: 'file', error: { message: 'It is still gone' } }
    expect(seen.slice(2)).toMatchObject([waits, waits])
    expect(next.getSnapshot().byStatus.queued).toBe(1)
  })

  test('may be the same function twice, each with its own end', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.exhaust()
    let calls = 0
    const listener = (): void => {
      calls += 1
    }
    const first = upload.subscribe(listener)
    upload.subscribe(listener)
    // Completed already, so that one change is one call.
    uploader.setConfig({
      startUploadApi: 'https://api.test/start',
      getUploadUrlsApi: 'https://api.test/urls',
      completeApi: 'https://api.test/complete',
    })
    const other = await uploader.uploadFile(world.file('b', 4))
    let others = 0
    const countOthers = (): void => {
      others += 1
    }
    const end = other.subscribe(countOthers)
    other.subscribe(countOthers)
    await world.clock.advance(50)
    expect(others).toBe(2)
    end()
    other.pause()
    other.cancel()
    first()
    await world.clock.exhaust()
    expect(calls).toBe(0)
  })

  test('that throw harm nobody and are reported', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    const bug = new Error('bug of the app')
    let heard = 0
    upload.subscribe(() => {
      throw bug
    })
    upload.subscribe(() => {
      heard += 1
    })
    uploader.subscribe(() => {
      heard += 1
    })
    await world.clock.exhaust()
    expect(upload.getSnapshot().status).toBe('completed')
    expect(heard).toBe(2)
    expect(world.problems).toMatchObject([{ name: 'UploadError', code: 'internal', cause: bug }])
  })

  test('may change what they listen to', async () => {
    const world = new World()
    world.storage.latencyMs = 100
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    const heard: string[] = []
    const stop = upload.subscribe(() => {
      heard.push('first')
      stop()
      upload.subscribe(() => heard.push('second'))
      upload.pause()
      upload.resume()
    })
    await world.clock.exhaust()
    expect(heard[0]).toBe('first')
    expect(heard.filter((who) => who === 'first')).toHaveLength(1)
    expect(heard).toContain('second')
    expect(upload.getSnapshot().status).toBe('completed')
  })

  test('and an onProblem that throws, together, harm nobody', async () => {
    const world = new World()
    const uploader = await world.uploader({
      onProblem: () => {
        throw new Error('bug of the app')
      },
    })
    const upload = await uploader.uploadFile(world.file('a', 8))
    upload.subscribe(() => {
      throw new Error('another one')
    })
    let heard = 0
    uploader.subscribe(() => {
      heard += 1
    })
    world.store.writeFault = new Error('disk full')
    await world.clock.exhaust()
    expect(upload.getSnapshot().status).toBe('completed')
    expect(heard).toBeGreaterThan(0)
  })
})
