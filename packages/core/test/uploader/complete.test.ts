import { describe, expect, test } from 'vitest'
import type { Uploader, UploaderConfig } from '../../src/uploader/types.ts'
import type { MemoryFile } from '../support/memory-transport.ts'
import { type CallFault, endpoints, extensions, json } from '../support/scripted-backend.ts'
import { forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

/**
 * The process dies while complete is under way: what the backend did of it is done, and the journal
 * is what it was when the call went out.
 */
async function diedCompleting(
  config: UploaderConfig,
  fault: CallFault = undefined,
): Promise<{ world: World; uploader: Uploader<MemoryFile> }> {
  const world = new World()
  const first = await world.uploader({ config })
  let journal = new Map<string, string>()
  world.backend.fault = (call) => {
    if (call !== 'complete') return undefined
    journal = new Map(world.store.records)
    return fault
  }
  await first.uploadFile(world.file('a', 12))
  await world.clock.settle()
  await first.close()
  world.backend.fault = () => undefined
  world.store.records.clear()
  for (const [key, value] of journal) world.store.records.set(key, value)
  world.transcript.length = 0
  const uploader = await world.uploader({ config })
  await world.clock.exhaust()
  return { world, uploader }
}

describe('the process dies before it hears that complete is done', () => {
  test.each([
    ['without listPartsApi', endpoints, ['complete 1,2,3'], 'complete'],
    ['with listPartsApi', { ...endpoints, ...extensions }, ['complete 1,2,3', 'list'], 'list'],
  ] as const)(
    'and the repeated call is refused, %s: nothing is sent again',
    async (_, config, asked, call) => {
      const { world, uploader } = await diedCompleting(config)
      const [upload] = uploader.uploads()
      for (let round = 0; round < 3; round += 1) {
        expect(world.transcript).toEqual(asked)
        expect(upload?.getSnapshot()).toMatchObject({
          status: 'failed',
          confirmedParts: 3,
          key: 'in/a',
          error: { code: 'complete_uncertain', call, status: 404, retryable: true },
        })
        world.transcript.length = 0
        upload?.retry()
        await world.clock.exhaust()
      }
      expect(world.stored('a')).toEqual(world.files.get('a')?.bytes)
      expect(world.backend.count('start')).toBe(1)
      upload?.forget()
      await world.clock.exhaust()
      expect(uploader.uploads()).toEqual([])
      expect(world.store.records.size).toBe(0)
      expect(world.stored('a')).toEqual(world.files.get('a')?.bytes)
    },
  )

  test('and the hint says what can be done', async () => {
    const { uploader } = await diedCompleting(endpoints)
    const hint = uploader.uploads()[0]?.getSnapshot().error?.hint
    for (const word of ['key', 'forget()', 'cancel()', 'retry()', 'listPartsApi']) {
      expect(hint).toContain(word)
    }
  })

  test('and the file that is cancelled then can be sent anew', async () => {
    const { world, uploader } = await diedCompleting(endpoints)
    uploader.uploads()[0]?.cancel()
    const file = world.files.get('a')
    if (file === undefined) throw new Error('There is no file')
    const anew = await uploader.uploadFile(file)
    await world.clock.exhaust()
    expect(statusOf(anew)).toBe('completed')
    expect(world.backend.count('start')).toBe(2)
  })
})

test.each([
  ['without listPartsApi', endpoints],
  ['with listPartsApi', { ...endpoints, ...extensions }],
])('the process dies before complete came through, %s: it is sent once more', async (_, config) => {
  const { world, uploader } = await diedCompleting(config, json(503))
  expect(world.transcript).toEqual(['complete 1,2,3'])
  expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
})

test('an upload whose complete was never sent begins anew where the storage lost it', async () => {
  const world = new World()
  world.storage.latencyMs = 1000
  const first = await world.uploader({ concurrency: 2 })
  const upload = await first.uploadFile(world.file('a', 8))
  // Paused while the journal writes down that all is sent.
  let open = (): void => {}
  upload.subscribe(() => {
    if (upload.getSnapshot().status === 'completing') upload.pause()
  })
  while (world.transcript.filter((line) => line.startsWith('PUT')).length < 2) {
    await world.clock.advance(10)
  }
  world.store.gate = new Promise((resolve) => {
    open = resolve
  })
  await world.clock.advance(2000)
  world.store.gate = undefined
  open()
  await world.clock.exhaust()
  expect(upload.getSnapshot()).toMatchObject({ status: 'paused', confirmedParts: 2 })
  await first.close()
  world.storage.multiparts.clear()
  world.transcript.length = 0
  const second = await world.uploader({ concurrency: 1 })
  second.resume()
  await world.clock.exhaust()
  expect(world.transcript).toEqual([
    'complete 1,2',
    'start a',
    'urls in/a 1,2',
    'PUT in/a 1',
    'PUT in/a 2',
    'complete 1,2',
  ])
  expect(second.uploads().map(statusOf)).toEqual(['completed'])
})
