import { describe, expect, test } from 'vitest'
import { errorOf, forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

const transfer = { transferId: 'trip' }

function puts(world: World): string[] {
  return world.transcript.filter((line) => line.startsWith('PUT'))
}

describe('the same file added again', () => {
  test('is the upload that is on its way, with or without a transfer', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    expect(await uploader.uploadFile(file)).toBe(await uploader.uploadFile(file))
    const inTransfer = await uploader.uploadFile(file, transfer)
    expect(await uploader.uploadFile(file, transfer)).toBe(inTransfer)
    expect(uploader.uploads()).toHaveLength(2)
    await world.clock.exhaust()
    expect(world.backend.count('start')).toBe(2)
    await uploader.close()
    expect(world.transport.opened).toBe(0)
  })

  test('is the same upload when both calls are made at once', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    const [one, other] = await Promise.all([uploader.uploadFile(file), uploader.uploadFile(file)])
    expect(one).toBe(other)
    expect(uploader.uploads()).toHaveLength(1)
  })

  test('is no upload for either call when its record cannot be written, and nothing stays open', async () => {
    const world = new World()
    const uploader = await world.uploader()
    world.store.writeFault = new Error('disk full')
    const file = world.file('a', 8)
    const errors = await Promise.all([1, 2].map(() => errorOf(uploader.uploadFile(file))))
    expect(errors.map(({ code }) => code)).toEqual(['store_failed', 'store_failed'])
    expect(world.transport.opened).toBe(0)
    expect(uploader.uploads()).toEqual([])
  })

  test('says why it is no upload also where its file cannot be closed', async () => {
    const world = new World()
    const uploader = await world.uploader()
    world.store.writeFault = new Error('disk full')
    const open = world.transport.open.bind(world.transport)
    const close = () => Promise.reject(new Error('EIO'))
    world.transport.open = async (file) => ({ ...(await open(file)), close })
    const error = await errorOf(uploader.uploadFile(world.file('a', 8)))
    expect(error).toMatchObject({ code: 'store_failed', cause: { message: 'disk full' } })
  })

  test('is the completed upload of its transfer, but a new one outside of any', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    const inTransfer = await uploader.uploadFile(file, transfer)
    const outside = await uploader.uploadFile(file)
    await world.clock.exhaust()
    expect(await uploader.uploadFile(file, transfer)).toBe(inTransfer)
    expect(await uploader.uploadFile(file)).not.toBe(outside)
  })

  test('is another upload with other userParams', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    const one = await uploader.uploadFile(file, { ...transfer, userParams: { album: 1 } })
    const other = await uploader.uploadFile(file, { ...transfer, userParams: { album: 2 } })
    expect(one).not.toBe(other)
  })

  test('is another upload after a cancel', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    const upload = await uploader.uploadFile(file, transfer)
    upload.cancel()
    expect(await uploader.uploadFile(file, transfer)).not.toBe(upload)
  })

  test('tries a failed upload again, with the parts it has', async () => {
    const world = new World()
    world.storage.fault = ({ part }) => (part === 2 ? { status: 400, headers: {} } : undefined)
    const uploader = await world.uploader({ concurrency: 1 })
    const file = world.file('a', 12)
    const upload = await uploader.uploadFile(file)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('failed')
    world.storage.fault = () => undefined
    expect(await uploader.uploadFile(file)).toBe(upload)
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(puts(world).filter((line) => line === 'PUT in/a 1')).toHaveLength(1)
  })

  test('is refused where that is asked for', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    await uploader.uploadFile(file, transfer)
    const again = uploader.uploadFile(file, { ...transfer, onDuplicate: 'fail' })
    expect(await errorOf(again)).toMatchObject({ code: 'duplicate_upload' })
    await uploader.close()
    expect(world.transport.opened).toBe(0)
  })

  test('after a restart is the upload of before', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    const file = world.file('a', 8)
    const { id } = await first.uploadFile(file)
    await world.clock.settle()
    await first.close()
    const second = await world.uploader()
    expect((await second.uploadFile(file)).id).toBe(id)
  })
})

describe('a hash', () => {
  test('is remembered over a restart, so that the file is not read for it again', async () => {
    const world = new World()
    const first = await world.uploader()
    const file = world.file('a', 8)
    await first.uploadFile(file, transfer)
    await world.clock.exhaust()
    await first.close()
    const second = await world.uploader()
    let reads = 0
    world.transport.beforeRead = () => {
      reads += 1
    }
    const upload = await second.uploadFile(file, { transferId: 'other' })
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(reads).toBe(0)
  })

  test('of a file that was changed just before is not trusted', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    file.lastModified = world.clock.wall() - 1000
    await uploader.uploadFile(file, transfer)
    await world.clock.exhaust()
    let reads = 0
    world.transport.beforeRead = () => {
      reads += 1
    }
    await uploader.uploadFile(file, { transferId: 'other' })
    await world.clock.exhaust()
    expect(reads).toBeGreaterThan(0)
  })
})

describe('a file that its upload misses', () => {
  test('is attached to it when it is added again, and no confirmed part is sent twice', async () => {
    const world = new World({ reopen: false })
    world.storage.latencyMs = 1000
    const first = await world.uploader({ concurrency: 1 })
    const file = world.file('a', 12)
    await first.uploadFile(file)
    await world.clock.advance(1500)
    await first.close()
    const second = await world.uploader({ concurrency: 1 })
    const [upload] = second.uploads()
    await world.clock.settle()
    expect(upload?.getSnapshot().waitingFor?.reason).toBe('file')
    expect(await second.uploadFile(file)).toBe(upload)
    await world.clock.exhaust()
    expect(upload && statusOf(upload)).toBe('completed')
    expect(puts(world)).toEqual(['PUT in/a 1', 'PUT in/a 2', 'PUT in/a 2', 'PUT in/a 3'])
    await second.close()
    expect(world.transport.opened).toBe(0)
  })

  test('is not taken for another of the same name', async () => {
    const world = new World({ reopen: false })
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    await first.close()
    const second = await world.uploader()
    await world.clock.settle()
    const upload = await second.uploadFile(world.file('a', 9))
    expect(upload).not.toBe(second.uploads()[0])
  })
})

describe('forgetting', () => {
  test('takes a completed upload out of journal, list and sums', async () => {
    const world = new World()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8), transfer)
    await world.clock.exhaust()
    expect(world.store.records.size).toBe(1)
    upload.forget()
    upload.forget()
    await world.clock.exhaust()
    expect(world.store.records.size).toBe(0)
    expect(uploader.uploads()).toEqual([])
    expect(uploader.transfer('trip').getSnapshot()).toMatchObject({ uploads: 0, totalBytes: 0 })
    expect(statusOf(upload)).toBe('completed')
    expect(await upload.done).toMatchObject({ status: 'completed' })
    expect(world.problems).toEqual([])
  })

  test('cancels what is not completed', async () => {
    const world = new World()
    world.storage.fault = () => 'hang'
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.settle()
    upload.forget()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('cancelled')
    expect(uploader.uploads()).toEqual([])
    expect(world.store.records.size).toBe(0)
  })

  test('prune() forgets what is completed or cancelled, and nothing else', async () => {
    const world = new World()
    world.storage.fault = ({ key }) => (key === 'in/b' ? { status: 400, headers: {} } : undefined)
    const uploader = await world.uploader()
    await uploader.uploadFile(world.file('a', 8))
    await uploader.uploadFile(world.file('b', 8))
    ;(await uploader.uploadFile(world.file('c', 8))).cancel()
    await world.clock.exhaust()
    uploader.prune()
    expect(uploader.uploads().map(statusOf)).toEqual(['failed'])
  })
})
