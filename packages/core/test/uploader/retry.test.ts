import { describe, expect, test } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { createXxh64 } from '../../src/hash/xxh64.ts'
import type { HashState } from '../../src/ports.ts'
import { answer } from '../support/memory-storage.ts'
import { bytesOf } from '../support/memory-transport.ts'
import { json } from '../support/scripted-backend.ts'
import { forbidUnhandledRejections, stateOf, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

describe('a hasher that cannot be loaded', () => {
  const missing = (): Promise<never> =>
    Promise.reject(new UploadError('hasher_missing', 'No hasher was loaded', { retryable: true }))

  test('is loaded again after a pause, as a call is made again', async () => {
    const world = new World()
    let asked = 0
    const create = async () => (++asked < 3 ? missing() : createXxh64())
    const uploader = await world.uploader({ platform: { hasher: { create } } })
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.settle()
    expect(upload.getSnapshot()).toMatchObject({
      status: 'hashing',
      waitingFor: { reason: 'retry', until: expect.any(Number) },
    })
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(asked).toBe(3)
  })

  test('fails the upload in the end, and retry() begins anew', async () => {
    const world = new World()
    let create = missing as () => Promise<HashState>
    const hasher = { create: () => create() }
    const uploader = await world.uploader({ platform: { hasher } })
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.exhaust()
    expect(upload.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'hasher_missing', retryable: true },
    })
    create = async () => createXxh64()
    upload.retry()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  test('costs no attempt when the network went away, and needs no pause when it is back', async () => {
    const world = new World()
    const create = async () => {
      if (world.network.isOnline()) {
        world.network.switch(false)
        return missing()
      }
      return createXxh64()
    }
    let asked: () => Promise<HashState> = create
    const uploader = await world.uploader({ platform: { hasher: { create: () => asked() } } })
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.exhaust()
    expect(upload.getSnapshot().waitingFor).toMatchObject({ reason: 'network' })
    asked = async () => createXxh64()
    world.network.switch(true)
    await world.clock.settle()
    expect(upload.getSnapshot().fileHash).toMatch(/^[0-9a-f]{16}$/)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })
})

describe('retry()', () => {
  test('keeps the parts that are confirmed', async () => {
    const world = new World()
    world.storage.fault = ({ part }) => (part === 3 ? answer(400) : undefined)
    const uploader = await world.uploader({ concurrency: 1 })
    const upload = await uploader.uploadFile(world.file('a', 16))
    await world.clock.exhaust()
    expect(upload.getSnapshot()).toMatchObject({ status: 'failed', confirmedParts: 2 })

    world.storage.fault = () => undefined
    world.transcript.length = 0
    upload.retry()
    expect(upload.getSnapshot()).toMatchObject({ error: undefined, sentBytes: 8 })
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    const puts = world.transcript.filter((line) => line.startsWith('PUT'))
    expect(puts.sort()).toEqual(['PUT in/a 3', 'PUT in/a 4'])
    expect(world.backend.count('start')).toBe(1)
    expect(world.stored('a')).toEqual(world.files.get('a')?.bytes)
  })

  test('begins to count attempts anew', async () => {
    const world = new World()
    world.storage.fault = () => answer(500)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('failed')
    const attempts = world.transcript.filter((line) => line.startsWith('PUT')).length
    upload.retry()
    await world.clock.exhaust()
    expect(world.transcript.filter((line) => line.startsWith('PUT'))).toHaveLength(2 * attempts)
    expect(attempts).toBe(10)
  })

  test('hashes again what changed, and sends the new content', async () => {
    const world = new World()
    world.storage.latencyMs = 100
    const uploader = await world.uploader({ concurrency: 1 })
    const file = world.file('a', 16)
    const upload = await uploader.uploadFile(file)
    await world.clock.advance(250)
    expect(upload.getSnapshot().confirmedParts).toBe(2)
    const oldHash = upload.getSnapshot().fileHash
    file.bytes = bytesOf(10, 99)
    file.lastModified = 1_700_000_000_001
    await world.clock.exhaust()
    expect(upload.getSnapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'source_changed', retryable: true },
    })

    upload.retry()
    await world.clock.exhaust()
    expect(upload.getSnapshot()).toMatchObject({
      status: 'completed',
      totalBytes: 10,
      sentBytes: 10,
      percentage: 100,
    })
    expect(upload.getSnapshot().fileHash).not.toBe(oldHash)
    expect(world.backend.count('start')).toBe(2)
    expect(world.stored('a')).toEqual(bytesOf(10, 99))
    expect(uploader.getSnapshot()).toMatchObject({ totalBytes: 10, sentBytes: 10 })
    expect([...world.store.records.keys()]).toEqual([`u/${upload.id}`])
  })

  test('goes on with the source it has, where the file could not be opened again', async () => {
    const world = new World({ reopen: false })
    world.transport.shortBy = 1
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    expect(upload.getSnapshot().error?.code).toBe('source_changed')
    expect(world.transport.opened).toBe(1)
    world.transport.shortBy = 0
    upload.retry()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.transport.opened).toBe(0)
  })

  test('finds a file that has come back', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    let gone = true
    world.transport.beforeRead = () => {
      if (gone) throw new UploadError('file_not_found', 'There is no a')
    }
    const upload = await uploader.uploadFile(file)
    await world.clock.exhaust()
    expect(upload.getSnapshot().error).toMatchObject({ code: 'file_not_found' })
    gone = false
    upload.retry()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  test('does nothing to an upload that goes on', async () => {
    const world = new World()
    world.storage.latencyMs = 100
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    const { done } = upload
    await world.clock.settle()
    const before = upload.getSnapshot()
    upload.retry()
    expect(upload.getSnapshot()).toBe(before)
    expect(upload.done).toBe(done)
    await world.clock.exhaust()
    expect(await stateOf(done)).toBe('resolved')
  })

  test('may be called as soon as done rejects, as often as it takes', async () => {
    const world = new World()
    world.backend.fault = (call, count) => (call === 'start' && count < 4 ? json(400) : undefined)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    const persist = async (): Promise<number> => {
      for (let tries = 1; ; tries += 1) {
        try {
          await upload.done
          return tries
        } catch {
          upload.retry()
        }
      }
    }
    const tries = persist()
    await world.clock.exhaust()
    expect(await tries).toBe(4)
  })
})

describe('by itself', () => {
  test('a part is sent again after a broken exchange, a 5xx and a 429', async () => {
    const world = new World()
    const faults = [new Error('reset'), answer(503), answer(429, { 'Retry-After': '5' })]
    world.storage.fault = ({ attempt }) => faults[attempt - 1]
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.transcript.filter((line) => line === 'PUT in/a 1')).toHaveLength(4)
    expect(world.backend.count('urls')).toBe(1)
  })

  test('a PUT that was answered 403 gets a fresh URL', async () => {
    const world = new World()
    world.storage.fault = ({ attempt }) => (attempt === 1 ? answer(403) : undefined)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.settle()
    expect(statusOf(upload)).toBe('completed')
    expect(world.transcript).toEqual([
      'start a',
      'urls in/a 1',
      'PUT in/a 1',
      'urls in/a 1',
      'PUT in/a 1',
      'complete 1',
    ])
  })

  test('a lost multipart upload is started again, and its parts are sent again', async () => {
    const world = new World()
    const uploader = await world.uploader({ concurrency: 1 })
    world.storage.fault = ({ part, uploadId }) => {
      if (part === 2 && uploadId === 'mp-1') world.storage.multiparts.clear()
      return undefined
    }
    const upload = await uploader.uploadFile(world.file('a', 12))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.transcript.filter((line) => !line.startsWith('urls'))).toEqual([
      'start a',
      'PUT in/a 1',
      'PUT in/a 2',
      'start a',
      'PUT in/a 1',
      'PUT in/a 2',
      'PUT in/a 3',
      'complete 1,2,3',
    ])
    expect([...world.store.records.keys()]).toEqual([`u/${upload.id}`])
  })

  test('a PUT that stands still is given up after a minute', async () => {
    const world = new World()
    world.storage.fault = ({ attempt }) => (attempt === 1 ? 'hang' : undefined)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 4))
    await world.clock.advance(59_999)
    expect(statusOf(upload)).toBe('uploading')
    expect(world.storage.inFlight).toBe(1)
    await world.clock.advance(61_000)
    expect(statusOf(upload)).toBe('completed')
    expect(world.storage.inFlight).toBe(0)
  })

  test('a complete call whose answer was lost is made again', async () => {
    const world = new World()
    world.backend.fault = (call, count) =>
      call === 'complete' && count === 1 ? new TypeError('fetch failed') : undefined
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.backend.count('complete')).toBe(2)
  })
})
