import { isUploadError, type UploadError } from '@s3-bg-uploader/core'
import { expect, test, vi } from 'vitest'
import { TabWorld, type TextFile } from './tab-world.ts'
import { until } from './until.ts'

const VIDEO: TextFile = { name: 'video.mp4', content: 'twelve bytes' }

function textOf(world: TabWorld, key: string | undefined): string {
  return new TextDecoder().decode(world.backend.storage.object(key ?? ''))
}

/** Its parts arrive one by one, and none before it is released. */
function holdPuts(world: TabWorld) {
  return world.backend.on('put').always().hold()
}

async function thrownBy(work: Promise<unknown>): Promise<UploadError> {
  const error: unknown = await work.then(
    () => expect.unreachable('It should reject'),
    (thrown: unknown) => thrown,
  )
  if (!isUploadError(error)) throw error
  return error
}

test('the first tab leads, and uploads by itself', async () => {
  const world = new TabWorld()
  const { uploader } = await world.open('first')
  const upload = await uploader.uploadFile(VIDEO, { userParams: { albumId: '42' } })
  expect(uploader.uploads()).toEqual([upload])
  const { key, percentage } = await upload.done
  expect(percentage).toBe(100)
  expect(textOf(world, key)).toBe(VIDEO.content)
  expect(world.backend.transcript[0]).toMatchObject({ json: { albumId: '42' } })
  expect(world.violations).toEqual([])
})

test('what another tab adds is uploaded by the leader, and seen by all', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const third = await world.open('third')
  const upload = await second.uploader.uploadFile(VIDEO, { transferId: 'trip' })
  expect(upload.getSnapshot()).toMatchObject({ name: 'video.mp4', transferId: 'trip' })
  const { key } = await upload.done
  expect(textOf(world, key)).toBe(VIDEO.content)
  for (const { uploader } of [first, second, third]) {
    const { byStatus } = await until(uploader, ({ byStatus }) => byStatus.completed === 1)
    expect(byStatus.uploading).toBe(0)
    expect(uploader.uploads().map(({ id }) => id)).toEqual([upload.id])
    expect(uploader.transfer('trip').uploads()).toEqual(uploader.uploads())
    expect(uploader.transfer('trip').getSnapshot()).toMatchObject({ uploads: 1, sentBytes: 12 })
    await uploader.uploads()[0]?.done
  }
  expect(world.led).toEqual(['first'])
  expect(world.violations).toEqual([])
})

test('commands of other tabs are done by the leader', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const gate = holdPuts(world)
  const upload = await second.uploader.uploadFile(VIDEO, { transferId: 'trip' })
  await gate.reached
  const [own] = first.uploader.uploads()
  if (own === undefined) return expect.unreachable('The leader has it too')

  upload.pause()
  await until(upload, ({ status }) => status === 'paused')
  expect(own.getSnapshot().status).toBe('paused')
  upload.resume()
  await until(upload, ({ status }) => status === 'uploading')
  second.uploader.transfer('trip').pause()
  await until(upload, ({ status }) => status === 'paused')
  second.uploader.transfer('trip').resume()
  await until(upload, ({ status }) => status === 'uploading')
  second.uploader.pause()
  await until(upload, ({ status }) => status === 'paused')
  second.uploader.resume()
  await until(upload, ({ status }) => status === 'uploading')
  upload.cancel()
  await thrownBy(upload.done).then((error) => expect(error.code).toBe('cancelled'))
  expect(await thrownBy(own.done)).toMatchObject({ code: 'cancelled' })
  expect(await world.backend.next('abort')).toMatchObject({ status: 204 })
  second.uploader.prune()
  await until(first.uploader, ({ uploads }) => uploads === 0)
  await until(second.uploader, ({ uploads }) => uploads === 0)
  expect(second.uploader.uploads()).toEqual([])
  expect(second.uploader.transfer('trip').uploads()).toEqual([])
  expect(upload.getSnapshot().status).toBe('cancelled')
  expect(world.violations).toEqual([])
})

test('the leading tab sees at once what its own commands do', async () => {
  const world = new TabWorld()
  const { uploader } = await world.open('first')
  const gate = holdPuts(world)
  const upload = await uploader.uploadFile(VIDEO)
  await gate.reached
  upload.pause()
  expect(upload.getSnapshot().status).toBe('paused')
  upload.resume()
  expect(upload.getSnapshot().status).not.toBe('paused')
  upload.forget()
  expect(upload.getSnapshot().status).toBe('cancelled')
  expect(uploader.uploads()).toEqual([])
  expect(await thrownBy(upload.done)).toMatchObject({ code: 'cancelled' })
})

test('forgetting in one tab forgets it in all', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const upload = await first.uploader.uploadFile(VIDEO)
  await upload.done
  await until(second.uploader, ({ byStatus }) => byStatus.completed === 1)
  const [seen] = second.uploader.uploads()
  upload.forget()
  await until(second.uploader, ({ uploads }) => uploads === 0)
  expect(second.uploader.uploads()).toEqual([])
  // It can still be asked for what it was.
  expect((await seen?.done)?.percentage).toBe(100)
})

test('snapshots, handles and groups stay the same objects until something changes', async () => {
  const world = new TabWorld()
  await world.open('first')
  const { uploader } = await world.open('second')
  const upload = await uploader.uploadFile(VIDEO, { transferId: 'trip' })
  await upload.done
  await until(uploader, ({ percentage }) => percentage === 100)
  const transfer = uploader.transfer('trip')
  const seen = [upload, transfer, uploader].map(({ getSnapshot }) => getSnapshot())
  await uploader.uploadFile({ name: 'other.mp4', content: 'x' })
  expect(uploader.uploads()[0]).toBe(upload)
  expect(uploader.transfer('trip')).toBe(transfer)
  expect(upload.getSnapshot()).toBe(seen[0])
  expect(transfer.getSnapshot()).toBe(seen[1])
  expect(uploader.getSnapshot()).not.toBe(seen[2])
})

test('uploads are in the order in which they were added, in every tab', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  first.uploader.pause()
  const slow = world.delayNextOpen()
  const late = second.uploader.uploadFile({ name: 'a', content: 'a' }, { transferId: 'trip' })
  await slow.reached
  const b = await first.uploader.uploadFile({ name: 'b', content: 'b' }, { transferId: 'trip' })
  slow.release()
  const a = await late
  await until(first.uploader, ({ uploads }) => uploads === 2)
  for (const { uploader } of [first, second]) {
    expect(uploader.uploads().map(({ id }) => id)).toEqual([a.id, b.id])
    expect(
      uploader
        .transfer('trip')
        .uploads()
        .map(({ id }) => id),
    ).toEqual([a.id, b.id])
  }
  // Also for who comes later, and after that order stays.
  const third = await world.open('third')
  const c = await third.uploader.uploadFile({ name: 'c', content: 'c' })
  for (const { uploader } of [first, second, third]) {
    await until(uploader, ({ uploads }) => uploads === 3)
    expect(uploader.uploads().map(({ id }) => id)).toEqual([a.id, b.id, c.id])
  }
})

test('tabs that add files at the same time get each its own', async () => {
  const world = new TabWorld()
  await world.open('first')
  const tabs = [await world.open('second'), await world.open('third')]
  const uploads = await Promise.all(
    tabs.map(({ tab, uploader }) => uploader.uploadFile({ name: tab.name, content: 'x' })),
  )
  expect(uploads.map((upload) => upload.getSnapshot().name)).toEqual(['second', 'third'])
})

test('errors cross as what they are', async () => {
  const world = new TabWorld()
  await world.open('first')
  const { uploader, problems } = await world.open('second')
  world.backend.on('start').always().respond(422, { message: 'Not a video' })
  const upload = await uploader.uploadFile(VIDEO)
  const error = await thrownBy(upload.done)
  expect(error).toMatchObject({
    name: 'UploadError',
    code: 'backend_rejected',
    retryable: false,
    status: 422,
    call: 'start',
  })
  expect(error.hint).toContain('look at the status')
  // The same object every time, so that people can compare.
  expect(upload.getSnapshot().error).toBe(error)
  upload.pause()
  await uploader.uploadFile({ name: 'other', content: 'x' })
  expect(upload.getSnapshot().error).toBe(error)
  const refused = uploader.uploadFile(VIDEO, { userParams: { fileName: 'mine' } })
  expect(await thrownBy(refused)).toMatchObject({ code: 'user_params_invalid' })
  expect(problems).toEqual([])
})

test('after retry() there is something new to wait for, before the leader has heard of it', async () => {
  const world = new TabWorld()
  await world.open('first')
  const { uploader } = await world.open('second')
  world.backend.on('start').times(2).respond(422)
  const upload = await uploader.uploadFile(VIDEO)
  const failed = upload.done
  await thrownBy(failed)
  upload.retry()
  const again = upload.done
  expect(again).not.toBe(failed)
  // The same failure once more is a failure too.
  expect(await thrownBy(again)).toMatchObject({ status: 422 })
  upload.retry()
  const third = upload.done
  expect((await third).status).toBe('completed')
  upload.retry()
  expect(upload.done).toBe(third)
})

test('parts are shown to who asks for them, and the same while nothing changed', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const gate = world.backend.on('put', { part: 3 }).hold()
  const upload = await second.uploader.uploadFile(VIDEO)
  expect(upload.parts()).toEqual([])
  await gate.reached
  for (const { uploader } of [first, second]) {
    const [seen = upload] = uploader.uploads()
    const parts = { getSnapshot: seen.parts, subscribe: seen.subscribe }
    const shown = await until(
      parts,
      (all) => all.filter((p) => p.state === 'confirmed').length === 2,
    )
    expect(shown.map(({ partNumber, state, size }) => [partNumber, state, size])).toEqual([
      [1, 'confirmed', 4],
      [2, 'confirmed', 4],
      [3, 'sending', 4],
    ])
    await until(seen, ({ confirmedParts }) => confirmedParts === 2)
    expect(seen.parts()).toBe(shown)
  }
  gate.release()
  await upload.done
  expect(upload.parts()).toEqual([])
})

test('a listener that throws is reported, and the others hear', async () => {
  const world = new TabWorld()
  const { uploader, problems } = await world.open('first')
  const heard = vi.fn()
  uploader.subscribe(() => {
    throw new Error('mine')
  })
  uploader.subscribe(heard)
  const unsubscribe = uploader.subscribe(heard)
  unsubscribe()
  await (await uploader.uploadFile(VIDEO)).done
  expect(heard).toHaveBeenCalled()
  expect(problems[0]).toMatchObject({ code: 'internal', cause: { message: 'mine' } })
})

test('what cannot be handed to another tab is refused, in the leading tab too', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  for (const { uploader } of [first, second]) {
    const file = { ...VIDEO, read: () => 'text' }
    expect(await thrownBy(uploader.uploadFile(file))).toMatchObject({
      code: 'config_invalid',
      cause: { name: 'DataCloneError' },
    })
    expect((await (await uploader.uploadFile(VIDEO)).done).percentage).toBe(100)
  }
})

test('the configuration of the leader counts; that of others counts once they lead', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  expect(() =>
    first.uploader.setConfig({ ...world.backend.config, startUploadApi: 'ftp:' }),
  ).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  const named = (name: string) => ({ ...world.backend.config, headers: { 'x-tab': name } })
  first.uploader.setConfig(named('first'))
  second.uploader.setConfig(named('second'))
  await (await second.uploader.uploadFile(VIDEO)).done
  expect(world.backend.transcript[0]?.headers['x-tab']).toBe('first')
  await first.uploader.close()
  await (await second.uploader.uploadFile({ name: 'b', content: 'b' })).done
  expect(world.backend.transcript.at(-1)?.headers['x-tab']).toBe('second')
})

test('a configuration that turns out wrong is reported by who comes to lead', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  second.uploader.setConfig({ ...world.backend.config, startUploadApi: 'ftp:' })
  await first.uploader.close()
  await (await second.uploader.uploadFile(VIDEO)).done
  expect(second.problems).toMatchObject([{ code: 'config_invalid' }])
})

test('a closed tab refuses, typed, and its promises end', async () => {
  const world = new TabWorld()
  const first = await world.open('first')
  const second = await world.open('second')
  const gate = holdPuts(world)
  const upload = await second.uploader.uploadFile(VIDEO)
  const { done } = upload
  const adding = second.uploader.uploadFile({ name: 'b', content: 'b' })
  await Promise.all([second.uploader.close(), second.uploader.close()])
  expect(await thrownBy(adding)).toMatchObject({ code: 'closed' })
  expect(await thrownBy(done)).toMatchObject({ code: 'closed' })
  expect(await thrownBy(second.uploader.uploadFile(VIDEO))).toMatchObject({ code: 'closed' })
  upload.pause()
  second.uploader.pause()
  second.uploader.prune()
  second.uploader.setConfig(world.backend.config)
  // The leader goes on.
  gate.release()
  await first.uploader.uploads()[0]?.done
  expect(second.problems).toEqual([])
  await first.uploader.close()
  expect(await thrownBy(first.uploader.uploadFile(VIDEO))).toMatchObject({ code: 'closed' })
})
