import { describe, expect, test, vi } from 'vitest'
import { UploadError } from '../../src/errors.ts'
import { Deferred } from '../../src/uploader/deferred.ts'
import { KeepingTransport } from '../support/keeping-transport.ts'
import { answer } from '../support/memory-storage.ts'
import { errorOf, forbidUnhandledRejections, stateOf, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

function keeping(): { readonly world: World; readonly transport: KeepingTransport } {
  const world = new World({ journalInTranscript: true })
  const transport = new KeepingTransport(world.storage, world.transcript)
  world.transport = transport
  return { world, transport }
}

const freed = (world: World): string[] =>
  world.transcript.filter((line) => /^(release|retain)/.test(line))

describe('a kept file', () => {
  test('is released when the journal holds that its upload is completed', async () => {
    const { world, transport } = keeping()
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    const gate = new Deferred<void>()
    world.backend.fault = (call) => {
      if (call === 'complete') world.store.gate = gate.promise
      return undefined
    }
    await world.clock.exhaust()
    expect(await stateOf(upload.done)).toBe('resolved')
    expect([...transport.kept.keys()]).toEqual(['k1'])
    gate.resolve()
    await world.clock.settle()
    expect(world.transcript.slice(-2)).toEqual(['write u', 'release k1'])
    expect(transport.kept.size).toBe(0)
    upload.forget()
    await world.clock.settle()
    expect(freed(world)).toEqual(['retain ', 'release k1'])
  })

  test('stays when the journal could not be told, and until the next start needs it', async () => {
    const { world, transport } = keeping()
    const first = await world.uploader()
    const upload = await first.uploadFile(world.file('a', 8))
    world.backend.fault = (call) => {
      if (call === 'complete') world.store.writeFault = new Error('ENOSPC')
      return undefined
    }
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(transport.kept.size).toBe(1)
    await first.close()
    world.store.writeFault = undefined
    await world.uploader({ autoStart: false })
    await world.clock.settle()
    expect(freed(world)).toEqual(['retain ', 'retain k1'])
    expect(transport.kept.size).toBe(1)
  })

  test('is released when its upload is cancelled or forgotten, and not when it fails', async () => {
    const { world, transport } = keeping()
    world.storage.fault = () => answer(400)
    const uploader = await world.uploader()
    const [cancelled, forgotten] = [
      await uploader.uploadFile(world.file('a', 8)),
      await uploader.uploadFile(world.file('b', 8)),
    ]
    await world.clock.exhaust()
    expect([statusOf(cancelled), statusOf(forgotten)]).toEqual(['failed', 'failed'])
    expect(transport.kept.size).toBe(2)
    cancelled.cancel()
    await world.clock.settle()
    expect([...transport.kept.keys()]).toEqual(['k2'])
    forgotten.forget()
    await world.clock.settle()
    expect(transport.kept.size).toBe(0)
    expect(world.problems).toEqual([])
  })

  test('is what retry() opens again', async () => {
    const { world, transport } = keeping()
    const file = world.file('a', 8)
    world.storage.fault = () => {
      file.bytes = file.bytes.slice()
      return answer(500)
    }
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(file)
    await world.clock.exhaust()
    expect(upload.getSnapshot().error?.code).toBe('source_changed')
    world.storage.fault = () => undefined
    upload.retry()
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(transport.kept.size).toBe(0)
  })

  test('makes place for the one that is brought when it is gone', async () => {
    const { world, transport } = keeping()
    world.storage.fault = () => 'hang'
    const file = world.file('a', 8)
    const first = await world.uploader()
    await first.uploadFile(file)
    await world.clock.settle()
    await first.close()
    transport.kept.clear()
    world.storage.fault = () => undefined
    const second = await world.uploader()
    const [upload] = second.uploads()
    await world.clock.settle()
    expect(upload?.getSnapshot().waitingFor?.reason).toBe('file')
    expect(await second.uploadFile(file)).toBe(upload)
    await world.clock.exhaust()
    expect(upload && statusOf(upload)).toBe('completed')
    expect(freed(world)).toEqual(['retain ', 'retain k1', 'release k1', 'release k2'])
  })

  test('that was opened once more for the same upload is released', async () => {
    const { world, transport } = keeping()
    const uploader = await world.uploader()
    const file = world.file('a', 8)
    await uploader.uploadFile(file, { transferId: 'one' })
    await world.clock.exhaust()
    world.storage.fault = () => 'hang'
    const upload = await uploader.uploadFile(file, { transferId: 'two' })
    await world.clock.settle()
    // Known by its first ref, and then by its content.
    transport.idOf = () => 'k1'
    expect(await uploader.uploadFile(file, { transferId: 'two' })).toBe(upload)
    const again = uploader.uploadFile(file, { transferId: 'two', onDuplicate: 'fail' })
    expect(await errorOf(again)).toMatchObject({ code: 'duplicate_upload' })
    await world.clock.settle()
    expect([...transport.kept.keys()]).toEqual(['k2'])
    expect(transport.opened).toBe(1)
    expect(freed(world).filter((line) => line === 'release k1')).toHaveLength(3)
  })

  test('is released when its upload cannot be recorded', async () => {
    const { world, transport } = keeping()
    const uploader = await world.uploader()
    world.store.writeFault = new Error('ENOSPC')
    const error = await errorOf(uploader.uploadFile(world.file('a', 8)))
    expect(error).toMatchObject({ code: 'store_failed' })
    await world.clock.settle()
    expect(transport.kept.size).toBe(0)
    expect(transport.opened).toBe(0)
  })

  test('stays when the uploader is closed just after its upload was recorded', async () => {
    const { world, transport } = keeping()
    const uploader = await world.uploader()
    const gate = new Deferred<void>()
    world.store.gate = gate.promise
    const adding = errorOf(uploader.uploadFile(world.file('a', 8)))
    await world.clock.settle()
    const closing = uploader.close()
    gate.resolve()
    await closing
    expect(await adding).toMatchObject({ code: 'closed' })
    expect(world.store.records.size).toBe(1)
    expect(transport.kept.size).toBe(1)
    expect(transport.opened).toBe(0)
  })
})

describe('what a crash left over', () => {
  test('is freed at the next start, and what is needed stays', async () => {
    const { world, transport } = keeping()
    world.storage.fault = ({ key }) => (key === 'in/done' ? undefined : answer(400))
    const first = await world.uploader()
    await first.uploadFile(world.file('done', 8))
    await first.uploadFile(world.file('failed', 8))
    await world.clock.exhaust()
    world.storage.fault = () => 'hang'
    await first.uploadFile(world.file('sending', 8))
    await world.clock.settle()
    await first.close()
    transport.kept.set('k1', world.file('done', 8))
    transport.kept.set('k9', world.file('nobody knows', 8))
    await world.uploader({ autoStart: false })
    await world.clock.settle()
    expect(freed(world).slice(-1)).toEqual(['retain k2,k3'])
    expect([...transport.kept.keys()]).toEqual(['k2', 'k3'])
  })

  test.each([
    ['makes no sense', '{', 'record_corrupt'],
    ['is of a newer version', '{"v":99}', 'record_newer'],
  ])('stays while a record %s: it may need any of it', async (_, value, code) => {
    const { world, transport } = keeping()
    world.storage.fault = () => 'hang'
    const first = await world.uploader()
    await first.uploadFile(world.file('a', 8))
    await world.clock.settle()
    await first.close()
    for (const key of world.store.records.keys()) world.store.records.set(key, value)
    await world.uploader()
    await world.clock.settle()
    expect(world.problems).toMatchObject([{ code }])
    expect(freed(world)).toEqual(['retain '])
    expect(transport.kept.size).toBe(1)
  })
})

describe('freeing', () => {
  test('that fails is a problem and no more', async () => {
    const { world, transport } = keeping()
    transport.beforeFree = () => {
      throw new Error('EIO')
    }
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(world.problems).toMatchObject([
      { code: 'store_failed', cause: new Error('EIO') },
      { code: 'store_failed', cause: new Error('EIO') },
    ])
    expect(world.problems[0]?.hint).toContain('space')
    await uploader.close()
  })

  test('that fails is told in the words of the transport, where it has some', async () => {
    const { world, transport } = keeping()
    const problem = new UploadError('store_failed', 'The folder is locked')
    transport.beforeFree = () => Promise.reject(problem)
    await world.uploader()
    await world.clock.settle()
    expect(world.problems).toEqual([problem])
    expect(world.problems[0]).toBe(problem)
  })

  test('is told to the console where nobody asked to hear of problems', async () => {
    const { world, transport } = keeping()
    transport.beforeFree = () => Promise.reject(new Error('EIO'))
    const write = vi.spyOn(console, 'error').mockImplementation(() => {})
    try {
      await world.uploader({ onProblem: undefined })
      await world.clock.settle()
      expect(write.mock.calls).toEqual([
        [expect.stringContaining('store_failed'), new Error('EIO')],
      ])
    } finally {
      write.mockRestore()
    }
  })

  test('is not waited for by uploads, but by close()', async () => {
    const { world, transport } = keeping()
    const ends: (() => void)[] = []
    transport.beforeFree = () => new Promise((resolve) => void ends.push(resolve))
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 8))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    const closing = uploader.close()
    await world.clock.settle()
    expect(ends).toHaveLength(2)
    expect(transport.closed).toBe(false)
    for (const end of ends) end()
    await closing
    expect(transport.closed).toBe(true)
    expect(world.problems).toEqual([])
  })
})
