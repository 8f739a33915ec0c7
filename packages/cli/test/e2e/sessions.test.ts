import { memoryStore } from '@s3-bg-uploader/core'
import { describe, expect, test } from 'vitest'
import { answerXml, Gate, stall, stallUnread } from './faults.ts'
import { inStatus, SIZE } from './in-status.ts'
import { patternOf, reach, startStack } from './stack.ts'

describe('close()', () => {
  test.each(['queued', 'hashing', 'starting', 'uploading', 'completing', 'paused'] as const)(
    'while %s: a new uploader on the same journal goes on',
    async (status) => {
      const store = memoryStore()
      const { stack, uploader, upload, release } = await inStatus(status, { store })
      const { server } = stack
      const { id } = upload
      const done = upload.done
      const closing = uploader.close()
      await expect(done).rejects.toMatchObject({ code: 'closed' })
      await closing
      await uploader.close()
      const sent = server.transcript.length
      if (status !== 'completing' && status !== 'starting') release()
      server.mend()
      await stack.turn()
      expect(server.transcript).toHaveLength(sent)
      expect(stack.clock.timers).toBe(0)

      const next = await stack.open({ store })
      const [again, ...others] = next.uploads()
      if (again === undefined) throw new Error('The upload was forgotten')
      expect(others).toEqual([])
      expect(again.id).toBe(id)
      if (status === 'paused') {
        expect(again.getSnapshot().status).toBe('paused')
        again.resume()
      }
      await stack.expectStored(await stack.finish(again), SIZE)
      const putsOf = (part: number) => server.requests('put').filter((put) => put.part === part)
      for (const part of [1, 3, 4]) expect(putsOf(part)).toHaveLength(1)
      expect(server.requests('start')).toHaveLength(status === 'starting' ? 2 : 1)
    },
  )

  test('with listParts, parts whose answer did not come in time are not sent again', async () => {
    const store = memoryStore()
    const { stack, uploader, release } = await inStatus('uploading', { store })
    await stack.server.until(() => stack.server.requests('put').length === 4)
    await uploader.close()
    stack.server.mend()
    release()
    const next = await stack.open({ store, config: { listPartsApi: stack.listPartsApi } })
    const [again] = next.uploads()
    await stack.expectStored(await stack.finish(again ?? expect.fail()), SIZE)
    expect(stack.server.requests('list')).toHaveLength(1)
    expect(stack.server.requests('put').filter(({ part }) => part !== 2)).toHaveLength(3)
  })

  test('with autoStart: false, nothing is sent until resume', async () => {
    const store = memoryStore()
    const { stack, uploader, release } = await inStatus('uploading', { store })
    await uploader.close()
    release()
    const sent = stack.server.transcript.length
    const next = await stack.open({ store, autoStart: false })
    const [again] = next.uploads()
    if (again === undefined) throw new Error('The upload was forgotten')
    stack.clock.pass(300_000)
    await stack.turn()
    expect(again.getSnapshot()).toMatchObject({ status: 'paused', confirmedParts: 3 })
    expect(stack.server.transcript).toHaveLength(sent)
    next.resume()
    await stack.expectStored(await stack.finish(again), SIZE)
  })

  test('a failure is remembered, and retry() goes on from it', async () => {
    const store = memoryStore()
    const { stack, uploader, upload } = await inStatus('failed', { store })
    const { error } = upload.getSnapshot()
    await reach(upload, ({ partsInFlight }) => partsInFlight === 0)
    await uploader.close()
    const next = await stack.open({ store })
    const [again] = next.uploads()
    if (again === undefined) throw new Error('The upload was forgotten')
    expect(again.getSnapshot()).toMatchObject({ status: 'failed', error: { code: error?.code } })
    again.retry()
    await stack.expectStored(await stack.finish(again), SIZE)
    expect(stack.server.takenParts()).toEqual([...new Set(stack.server.takenParts())])
  })

  test('what is completed or cancelled sends nothing in the next session', async () => {
    const store = memoryStore()
    const { stack, uploader, upload } = await inStatus('completed', { store })
    const other = await stack.start(uploader, 100)
    other.cancel()
    await upload.done
    await uploader.close()
    const sent = stack.server.transcript.length
    const next = await stack.open({ store })
    await stack.turn()
    stack.clock.pass(300_000)
    await stack.turn()
    expect(stack.server.transcript).toHaveLength(sent)
    expect(next.uploads().map((each) => each.getSnapshot().status)).not.toContain('queued')
  })

  test('a file that changed between two sessions fails, and retry() uploads what is there now', async () => {
    const store = memoryStore()
    const { stack, uploader, release } = await inStatus('uploading', { store })
    await uploader.close()
    release()
    await stack.file(patternOf(SIZE, 4))
    const next = await stack.open({ store })
    const [again] = next.uploads()
    if (again === undefined) throw new Error('The upload was forgotten')
    expect(await stack.failure(again)).toMatchObject({ code: 'source_changed' })
    again.retry()
    await stack.expectStored(await stack.finish(again), patternOf(SIZE, 4))
    expect(await stack.objects()).toBe(1)
  })

  test('afterwards nothing can be added, and commands do nothing', async () => {
    const { stack, uploader, upload } = await inStatus('paused')
    await uploader.close()
    const sent = stack.server.transcript.length
    await expect(uploader.uploadFile(await stack.file(1))).rejects.toMatchObject({ code: 'closed' })
    for (const command of ['pause', 'resume', 'cancel'] as const) {
      uploader[command]()
      upload[command]()
    }
    upload.retry()
    await stack.turn()
    expect(stack.server.transcript).toHaveLength(sent)
  })
})

describe('no leaks: close() frees every socket and timer', () => {
  test.each([
    ['while parts stall', () => stall],
    ['while parts are not read', () => stallUnread],
    ['while parts wait for their retry', () => answerXml(503, 'SlowDown')],
  ])('%s', async (_, fault) => {
    const stack = await startStack()
    stack.server.fail('put', fault(), { times: Number.POSITIVE_INFINITY })
    const uploader = await stack.open()
    const upload = await stack.start(uploader, SIZE)
    await stack.server.until(() => stack.server.requests('put').length === 4)
    await reach(upload, ({ status }) => status === 'uploading')
    await uploader.close()
    await stack.server.until(() => stack.server.openConnections === 0)
    await stack.server.close()
    await stack.turn()
    expect(stack.clock.timers).toBe(0)
    expect(process.getActiveResourcesInfo().filter((name) => /^TCP/.test(name))).toEqual([])
  })

  test('after everything is completed', async () => {
    const { stack, uploader, upload } = await inStatus('completed')
    await upload.done
    // Connections are kept alive for the next upload.
    expect(stack.server.openConnections).toBeGreaterThan(0)
    await uploader.close()
    await stack.server.until(() => stack.server.openConnections === 0)
    await stack.server.close()
    await stack.turn()
    expect(stack.clock.timers).toBe(0)
    expect(process.getActiveResourcesInfo().filter((name) => /^TCP/.test(name))).toEqual([])
  })
})

describe('two uploaders in one process', () => {
  test('do not know of each other', async () => {
    const stack = await startStack()
    const uploaders = [await stack.open(), await stack.open()]
    const uploads = await Promise.all(
      uploaders.flatMap((uploader, index) =>
        [0, 1, 2].map(async (file) =>
          uploader.uploadFile(
            await stack.file(patternOf(4321, index * 3 + file), `${index}-${file}.bin`),
          ),
        ),
      ),
    )
    const snapshots = await Promise.all(uploads.map((upload) => stack.finish(upload)))
    for (const [index, snapshot] of snapshots.entries()) {
      await stack.expectStored(snapshot, patternOf(4321, index))
    }
    for (const uploader of uploaders) expect(uploader.getSnapshot().uploads).toBe(3)
    expect(new Set(uploads.map(({ id }) => id)).size).toBe(6)
  })

  test('closing one leaves the other at work', async () => {
    const stack = await startStack()
    const gate = new Gate()
    stack.server.fail('put', gate.hold, { times: Number.POSITIVE_INFINITY })
    const [one, other] = [await stack.open(), await stack.open()]
    const closed = await one.uploadFile(await stack.file(SIZE, 'one.bin'))
    const goesOn = await other.uploadFile(await stack.file(patternOf(SIZE, 2), 'other.bin'))
    await stack.server.until(() => gate.held === 8)
    const done = closed.done
    const closing = one.close()
    await expect(done).rejects.toMatchObject({ code: 'closed' })
    await closing
    gate.open()
    await stack.expectStored(await stack.finish(goesOn), patternOf(SIZE, 2))
    expect(await stack.objects()).toBe(1)
  })
})
