import { describe, expect, test, vi } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { memoryStore } from '../../src/runtime/memory-store.ts'
import { SIGNATURE } from '../support/memory-storage.ts'
import { bytesOf } from '../support/memory-transport.ts'
import { endpoints, extensions, json } from '../support/scripted-backend.ts'
import { errorOf, forbidUnhandledRejections, stateOf, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

const puts = (world: World): string[] => world.transcript.filter((line) => line.startsWith('PUT'))

describe('what is written, and when', () => {
  test('reads as the protocol', async () => {
    const world = new World({ journalInTranscript: true })
    const uploader = await world.uploader({ concurrency: 1 })
    const upload = await uploader.uploadFile(world.file('a', 10))
    expect(world.transcript).toEqual(['write u'])
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    const lines = world.transcript
    // The file, its hash, its multipart upload, that all is sent, its end.
    const [added = -1, , planned = -1, sent = -1, ended] = lines.flatMap((line, index) =>
      line === 'write u' ? [index] : [],
    )
    expect(added).toBeLessThan(lines.indexOf('start a'))
    expect(planned).toBeLessThan(lines.indexOf('PUT in/a 1'))
    expect(sent).toBe(lines.indexOf('write p/0/3') + 1)
    expect(sent).toBeLessThan(lines.indexOf('complete 1,2,3'))
    expect(ended).toBe(lines.length - 1)
    for (const part of [1, 2, 3]) {
      expect(lines.indexOf(`PUT in/a ${part}`)).toBeLessThan(lines.indexOf(`write p/0/${part}`))
    }
    expect(lines.slice(-4)).toEqual(['forget p/0/1', 'forget p/0/2', 'forget p/0/3', 'write u'])
    expect(lines.filter((line) => line.startsWith('write'))).toHaveLength(8)
  })

  test('uploadFile waits for the record, and nothing is sent before', async () => {
    const world = new World()
    const uploader = await world.uploader()
    let open = (): void => {}
    world.store.gate = new Promise((resolve) => {
      open = resolve
    })
    const adding = uploader.uploadFile(world.file('a', 8))
    await world.clock.advance(10_000)
    expect(await stateOf(adding)).toBe('pending')
    expect(world.transcript).toEqual([])
    world.store.gate = undefined
    open()
    await world.clock.exhaust()
    expect(await stateOf(adding)).toBe('resolved')
    expect(uploader.getSnapshot().byStatus.completed).toBe(1)
  })

  test('no PUT starts before the multipart record is durable', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    let open = (): void => {}
    world.store.gate = new Promise((resolve) => {
      open = resolve
    })
    await world.clock.advance(10_000)
    expect(world.transcript).toContain('urls in/a 1,2')
    expect(puts(world)).toEqual([])
    world.store.gate = undefined
    open()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
  })

  /** All parts of an upload are confirmed, and the journal is slow to write that down. */
  async function confirmedButNotDurable() {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    while (puts(world).length < 2) await world.clock.advance(10)
    let open = (): void => {}
    world.store.gate = new Promise((resolve) => {
      open = resolve
    })
    await world.clock.advance(10_000)
    expect(upload.getSnapshot()).toMatchObject({ status: 'completing', confirmedParts: 2 })
    const completes = (): string[] => world.transcript.filter((line) => /^complete/.test(line))
    expect(completes()).toEqual([])
    const openGate = (): void => {
      world.store.gate = undefined
      open()
    }
    return { world, uploader, upload, completes, openGate }
  }

  test('complete is not sent before every part is durable', async () => {
    const { world, upload, completes, openGate } = await confirmedButNotDurable()
    openGate()
    await world.clock.exhaust()
    expect(completes()).toHaveLength(1)
    expect(statusOf(upload)).toBe('completed')
  })

  test('complete waits when the upload was paused or the network went meanwhile', async () => {
    const { world, upload, completes, openGate } = await confirmedButNotDurable()
    upload.pause()
    openGate()
    await world.clock.exhaust()
    expect([statusOf(upload), completes()]).toEqual(['paused', []])
    world.network.switch(false)
    upload.resume()
    await world.clock.exhaust()
    expect(completes()).toEqual([])
    world.network.switch(true)
    await world.clock.exhaust()
    expect(completes()).toHaveLength(1)
    expect(statusOf(upload)).toBe('completed')
  })

  test('complete is not sent when the upload was cancelled or closed meanwhile', async () => {
    const cancelled = await confirmedButNotDurable()
    cancelled.upload.cancel()
    const closed = await confirmedButNotDurable()
    const closing = closed.uploader.close()
    for (const { world, openGate } of [cancelled, closed]) {
      openGate()
      await world.clock.exhaust()
    }
    await closing
    expect([...cancelled.completes(), ...closed.completes()]).toEqual([])
  })

  test('a confirmed part costs one small write, whatever the number of parts', async () => {
    const world = new World()
    world.storage.latencyMs = 10
    world.backend.partSize = 1
    const uploader = await world.uploader({ concurrency: 2 })
    const upload = await uploader.uploadFile(world.file('a', 1200))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    const written = world.store.batches
      .flat()
      .filter(({ key, value }) => key.startsWith('p/') && value !== undefined)
    expect(new Set(written.map(({ key }) => key)).size).toBe(1200)
    expect(written).toHaveLength(1200)
    const bytes = written.map(({ key, value = '' }) => key.length + value.length)
    expect(Math.max(...bytes)).toBeLessThanOrEqual(200)
    // Four digits more of the part number, and that is all.
    expect(Math.max(...bytes) - Math.min(...bytes)).toBeLessThanOrEqual(4)
    const uploadWrites = world.store.batches.flat().filter(({ key }) => key.startsWith('u/'))
    expect(uploadWrites.length).toBeLessThan(8)
  })

  test('a completed upload leaves one record and no parts; a cancelled one leaves nothing', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const kept = await uploader.uploadFile(world.file('a', 8))
    const cancelled = await uploader.uploadFile(world.file('b', 8))
    await world.clock.settle()
    cancelled.cancel()
    await world.clock.exhaust()
    expect([...world.store.records.keys()]).toContain(`u/${kept.id}`)
    expect([...world.store.records.keys()].filter((key) => key.startsWith('p/'))).toEqual([])
  })

  test('no presigned URL and no header is ever written', async () => {
    const world = new World()
    world.storage.fault = ({ attempt, part }) =>
      part === 2 && attempt < 3 ? new Error('x') : undefined
    const headers = { authorization: 'Bearer t0ps3cret' }
    const uploader = await world.uploader({ config: { ...endpoints, headers } })
    await uploader.uploadFile(world.file('a', 12))
    await world.clock.exhaust()
    const written = JSON.stringify(world.store.batches)
    expect(written).not.toContain(SIGNATURE)
    expect(written).not.toContain('https:')
    expect(written).not.toContain('t0ps3cret')
  })
})

describe('after a restart', () => {
  test('the upload goes on by itself, and confirmed parts are not sent again', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const first = await world.uploader({ concurrency: 2 })
    const before = await first.uploadFile(world.file('a', 24), {
      transferId: 'trip',
      userParams: { albumId: 1 },
    })
    await world.clock.advance(2500)
    expect(before.getSnapshot().confirmedParts).toBe(4)
    await first.close()
    expect(puts(world)).toHaveLength(6)

    world.transcript.length = 0
    const second = await world.uploader({ concurrency: 2 })
    const [after] = second.uploads()
    expect(after?.id).toBe(before.id)
    expect(after?.getSnapshot()).toMatchObject({
      name: 'a',
      transferId: 'trip',
      confirmedParts: 4,
      confirmedBytes: 16,
      sentBytes: 16,
      totalParts: 6,
      hashedBytes: 24,
      fileHash: before.getSnapshot().fileHash,
    })
    await world.clock.exhaust()
    expect(world.transcript).toEqual([
      'urls in/a 5,6',
      'PUT in/a 5',
      'PUT in/a 6',
      'complete 1,2,3,4,5,6',
    ])
    expect(await after?.done).toMatchObject({ status: 'completed' })
    expect(world.stored('a')).toEqual(world.files.get('a')?.bytes)
    expect(second.transfer('trip').uploads()).toEqual([after])
  })

  test('at any moment the upload ends with the right bytes', async () => {
    for (let at = 0; at <= 6000; at += 250) {
      const world = new World()
      world.storage.latencyMs = 1000
      world.backend.latencyMs = 500
      world.transport.beforeRead = () =>
        new Promise((resolve) => void world.clock.setTimer(resolve, 300))
      const first = await world.uploader({ concurrency: 2 })
      await first.uploadFile(world.file('a', 24))
      await world.clock.advance(at)
      const confirmed = first.uploads()[0]?.getSnapshot().confirmedParts ?? 0
      await first.close()
      const sent = puts(world).length
      const second = await world.uploader({ concurrency: 2 })
      await world.clock.exhaust()
      expect(second.uploads().map(statusOf)).toEqual(['completed'])
      expect(world.stored('a')).toEqual(world.files.get('a')?.bytes)
      // Every part once, but for those that were under way.
      expect(puts(world).length - sent).toBe(sent === 0 ? 6 : 6 - confirmed)
      expect(world.clock.pending).toBe(0)
    }
  })

  test('listPartsApi tells of the parts whose answers were lost', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const config = { ...endpoints, ...extensions }
    const first = await world.uploader({ concurrency: 2, config })
    await first.uploadFile(world.file('a', 16))
    await world.clock.advance(1500)
    // The process dies when the storage has all, and before the journal has.
    const copy = new Map(world.store.records)
    await world.clock.advance(550)
    await first.close()
    world.store.records.clear()
    for (const [key, value] of copy) world.store.records.set(key, value)
    world.backend.fault = () => undefined
    world.storage.objects.clear()
    world.transcript.length = 0
    const second = await world.uploader({ concurrency: 2, config })
    await world.clock.exhaust()
    expect(world.transcript.filter((line) => line === 'list')).toHaveLength(1)
    expect(second.uploads().map(statusOf)).toEqual(['completed'])
  })

  test('autoStart: false leaves it paused until resume', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    await first.close()

    world.storage.fault = () => undefined
    world.transcript.length = 0
    const second = await world.uploader({ autoStart: false })
    await world.clock.exhaust()
    expect(world.transcript).toEqual([])
    expect(second.getSnapshot().byStatus.paused).toBe(1)
    expect(second.uploads().map(statusOf)).toEqual(['paused'])
    second.resume()
    await world.clock.exhaust()
    expect(second.uploads().map(statusOf)).toEqual(['completed'])
  })

  test('what was paused stays paused, what failed stays failed, what is completed stays so', async () => {
    const world = new World()
    world.backend.fault = (call) => (call === 'start' ? json(422) : undefined)
    const first = await world.uploader()
    await first.uploadFile(world.file('bad', 8))
    await world.clock.exhaust()
    world.backend.fault = () => undefined
    await first.uploadFile(world.file('good', 8))
    await world.clock.exhaust()
    world.storage.fault = () => 'hang'
    const paused = await first.uploadFile(world.file('paused', 8))
    await world.clock.settle()
    paused.pause()
    await first.close()

    world.storage.fault = () => undefined
    world.transcript.length = 0
    const second = await world.uploader()
    await world.clock.exhaust()
    expect(world.transcript).toEqual([])
    const [bad, good, third] = second.uploads()
    expect(second.uploads().map(statusOf)).toEqual(['failed', 'completed', 'paused'])
    expect(bad?.getSnapshot().error).toMatchObject({ code: 'backend_rejected', call: 'start' })
    expect(await stateOf(bad?.done ?? Promise.resolve())).toBe('backend_rejected')
    expect(good?.getSnapshot()).toMatchObject({
      percentage: 100,
      sentBytes: 8,
      confirmedParts: 2,
      key: 'in/good',
    })
    expect(await stateOf(good?.done ?? Promise.resolve())).toBe('resolved')
    third?.resume()
    bad?.retry()
    await world.clock.exhaust()
    expect(second.uploads().map(statusOf)).toEqual(['completed', 'completed', 'completed'])
  })

  test('uploads keep their order, and new ones come after them', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    for (const name of ['a', 'b', 'c']) await first.uploadFile(world.file(name, 8))
    await first.close()
    const second = await world.uploader()
    await second.uploadFile(world.file('d', 8))
    await second.close()
    const third = await world.uploader({ autoStart: false })
    expect(third.uploads().map((upload) => upload.getSnapshot().name)).toEqual([...'abcd'])
  })

  test('a file that changed in the meantime is not continued', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const first = await world.uploader({ concurrency: 1 })
    const file = world.file('a', 16)
    await first.uploadFile(file)
    await world.clock.advance(1500)
    await first.close()
    file.lastModified = 1_700_000_000_001
    file.bytes = bytesOf(16, 99)
    const second = await world.uploader()
    await world.clock.exhaust()
    const [upload] = second.uploads()
    expect(upload?.getSnapshot().error).toMatchObject({ code: 'source_changed' })
    upload?.retry()
    await world.clock.exhaust()
    expect(upload && statusOf(upload)).toBe('completed')
    expect(world.stored('a')).toEqual(file.bytes)
    expect(world.backend.count('start')).toBe(2)
    expect([...world.store.records.keys()]).toEqual([`u/${upload?.id}`])
  })

  test('a file that was only touched in the meantime goes on', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const first = await world.uploader({ concurrency: 1 })
    const file = world.file('a', 12)
    await first.uploadFile(file)
    await world.clock.advance(1500)
    await first.close()
    file.lastModified = 1_700_000_000_001
    const second = await world.uploader({ concurrency: 1 })
    await world.clock.exhaust()
    expect(second.uploads().map(statusOf)).toEqual(['completed'])
    expect(puts(world)).toEqual(['PUT in/a 1', 'PUT in/a 2', 'PUT in/a 2', 'PUT in/a 3'])
  })

  test('a file that is opened again stays where it was, also if that is not said again', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const file = world.file('a', 8)
    await (await world.uploader()).uploadFile(file)
    const reopen = world.transport.reopen.bind(world.transport)
    world.transport.reopen = async (ref) => ({ ...(await reopen(ref)), ref: undefined })
    for (const restart of [1, 2]) {
      const uploader = await world.uploader()
      if (restart === 2) world.storage.fault = () => undefined
      await world.clock.settle()
      expect(uploader.uploads().map(statusOf)).toEqual([restart === 1 ? 'uploading' : 'completed'])
    }
  })

  test('a source without a ref waits for its file', async () => {
    const world = new World({ reopen: false })
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    await first.close()
    const second = await world.uploader()
    await world.clock.exhaust()
    expect(second.uploads()[0]?.getSnapshot().waitingFor?.reason).toBe('file')
    expect(second.uploads()[0]?.getSnapshot().error).toBeUndefined()
  })

  test('memoryStore carries over from one uploader to the next', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const store = memoryStore()
    const first = await world.uploader({ store, concurrency: 1 })
    await first.uploadFile(world.file('a', 12))
    await world.clock.advance(1500)
    await first.close()
    const second = await world.uploader({ store, concurrency: 1 })
    await world.clock.exhaust()
    expect(second.uploads().map(statusOf)).toEqual(['completed'])
    expect(puts(world)).toEqual(['PUT in/a 1', 'PUT in/a 2', 'PUT in/a 2', 'PUT in/a 3'])
  })
})

describe('a store that fails', () => {
  test('at reading keeps the uploader from being made', async () => {
    const world = new World()
    world.store.readFault = new Error('disk on fire')
    const error = await errorOf(world.uploader())
    expect(error).toMatchObject({ code: 'store_failed', cause: { message: 'disk on fire' } })
    world.store.readFault = new UploadError('store_locked', 'In use')
    expect(await errorOf(world.uploader())).toBe(world.store.readFault)
  })

  test('is given back when what restores its records cannot be loaded', async () => {
    const world = new World()
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await first.close()
    const cause = new TypeError('Failed to fetch dynamically imported module')
    vi.doMock('../../src/runtime/earlier-process.ts', () => Promise.reject(cause))
    const error = await errorOf(world.uploader())
    expect(error).toMatchObject({ code: 'store_failed', retryable: true })
    expect(error.hint).toContain('earlier-process')
    expect(world.store.closed).toBe(1)
    vi.doUnmock('../../src/runtime/earlier-process.ts')
    const again = await world.uploader()
    await world.clock.exhaust()
    expect(again.uploads().map(statusOf)).toEqual(['completed'])
  })

  test('is told as such also where it cannot be given back', async () => {
    const world = new World()
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await first.close()
    const store = world.store.reopen()
    const stuck = {
      read: () => store.read(),
      write: (batch: Parameters<typeof store.write>[0]) => store.write(batch),
      close: () => Promise.reject(new Error('EIO')),
    }
    vi.doMock('../../src/runtime/earlier-process.ts', () => Promise.reject(new TypeError('x')))
    try {
      expect(await errorOf(world.uploader({ store: stuck }))).toMatchObject({
        code: 'store_failed',
        message: 'What restores the journal could not be loaded',
      })
    } finally {
      vi.doUnmock('../../src/runtime/earlier-process.ts')
    }
  })

  test('at adding rejects uploadFile, and nothing is sent', async () => {
    const world = new World()
    const uploader = await world.uploader()
    world.store.writeFault = new Error('disk full')
    const error = await errorOf(uploader.uploadFile(world.file('a', 8)))
    expect(error).toMatchObject({
      code: 'store_failed',
      retryable: true,
      cause: { message: 'disk full' },
    })
    await world.clock.exhaust()
    expect(world.transcript).toEqual([])
    expect(uploader.uploads()).toEqual([])
    expect(world.transport.opened).toBe(0)
    world.store.writeFault = undefined
    await uploader.uploadFile(world.file('b', 8))
    await world.clock.exhaust()
    expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
  })

  test('later is a problem, but no reason to stop', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    world.store.writeFault = new Error('disk full')
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.problems.length).toBeGreaterThan(0)
    for (const problem of world.problems) {
      expect(problem).toMatchObject({ name: 'UploadError', code: 'store_failed' })
    }
  })
})

describe('records that make no sense', () => {
  test.each([
    ['u/broken', '{'],
    ['u/empty', ''],
    ['u/partial', '{"v":1,"name":"x"}'],
    ['u/', '{"v":1}'],
    ['p/nobody/0/x', 'etag'],
    ['something/else', 'value'],
  ])('%s is reported and left where it is; the rest goes on', async (key, value) => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    await first.close()
    world.storage.fault = () => undefined
    world.store.records.set(key, value)
    const second = await world.uploader()
    await world.clock.exhaust()
    expect(world.problems).toMatchObject([{ code: 'record_corrupt' }])
    expect(world.problems[0]?.message).toContain(key)
    expect(world.store.records.get(key)).toBe(value)
    expect(second.uploads().map(statusOf)).toEqual(['completed'])
  })

  test.each([
    ['userParams', '{{'],
    ['userParams', '[]'],
    ['ref', '{{'],
  ])('an upload whose %s is %s is one of them', async (field, value) => {
    const world = new World()
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8), { userParams: { albumId: 1 } })
    await first.close()
    const [[key, record] = ['', '']] = [...world.store.records]
    world.store.records.set(key, JSON.stringify({ ...JSON.parse(record), [field]: value }))
    const second = await world.uploader()
    await world.clock.exhaust()
    expect(second.uploads()).toEqual([])
    expect(world.problems).toMatchObject([{ code: 'record_corrupt' }])
    expect(world.store.records.has(key)).toBe(true)
  })

  test('parts of an upload that is set aside are kept with it; other orphans are removed', async () => {
    const world = new World()
    world.store.records.set('u/broken', '{')
    world.store.records.set('p/broken/0/1', 'etag')
    world.store.records.set('p/gone/0/1', 'etag')
    await world.uploader()
    await world.clock.exhaust()
    expect([...world.store.records.keys()]).toEqual(['u/broken', 'p/broken/0/1'])
  })
})
