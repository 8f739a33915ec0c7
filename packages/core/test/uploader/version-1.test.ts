import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bytesOf } from '../support/memory-transport.ts'
import { RecordingStore } from '../support/recording-store.ts'
import { endpoints, extensions } from '../support/scripted-backend.ts'
import {
  allConfirmed,
  begunAnew,
  cancelled,
  completeLost,
  failed,
  finished,
  unfinished,
} from '../support/version-1-journals.ts'
import { forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

const config = { ...endpoints, ...extensions }
const KEY = 'in/clip.mp4'

/** The file, and the storage with `uploads` multipart uploads, as they were when it was written. */
function worldOf(
  journal: Iterable<readonly [string, string]>,
  { size, seed = 1, lastModified = 1_700_000_000_000, uploads = 1 }: Setting,
): World {
  const world = new World()
  const file = world.file('clip.mp4', size)
  Object.assign(file, { bytes: bytesOf(size, seed), lastModified })
  const names = Array.from({ length: uploads }, () => world.storage.create(KEY))
  const parts = world.storage.multiparts.get(names.at(-1) ?? '')?.parts
  for (const [key, value] of journal) {
    world.store.records.set(key, value)
    if (!key.startsWith('p/')) continue
    const part = Number(key.split('/')[3])
    const bytes = file.bytes.slice(4 * (part - 1), 4 * part)
    parts?.set(part, { etag: createHash('md5').update(bytes).digest('hex'), bytes })
  }
  return world
}

interface Setting {
  /** Bytes. */
  readonly size: number
  readonly seed?: number
  readonly lastModified?: number
  readonly uploads?: number
}

const changed = { size: 14, seed: 9, lastModified: 1_700_000_005_000, uploads: 2 }

function expectStored(world: World): void {
  expect(world.stored('clip.mp4')).toEqual(world.files.get('clip.mp4')?.bytes)
}

describe('a journal of version 1', () => {
  test('with an unfinished upload: only what it lacks is sent', async () => {
    const world = worldOf(unfinished, { size: 22 })
    const uploader = await world.uploader({ concurrency: 1 })
    expect(uploader.transfer('trip').uploads()[0]?.getSnapshot()).toMatchObject({
      confirmedParts: 4,
      confirmedBytes: 16,
      totalParts: 6,
      key: KEY,
      fileHash: '975fabd960536a58',
    })
    await world.clock.exhaust()
    expect(world.transcript).toEqual([
      `urls ${KEY} 5,6`,
      `PUT ${KEY} 5`,
      `PUT ${KEY} 6`,
      'complete 1,2,3,4,5,6',
    ])
    expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
    expectStored(world)
    expect(world.problems).toEqual([])
    expect([...world.store.records.keys()]).toEqual([unfinished[0]?.[0]])
  })

  test('with a completed upload: it is shown, and nothing is sent', async () => {
    const world = worldOf(finished, { size: 10 })
    const uploader = await world.uploader()
    await world.clock.exhaust()
    expect(uploader.uploads()[0]?.getSnapshot()).toMatchObject({
      status: 'completed',
      percentage: 100,
      confirmedParts: 3,
      key: KEY,
    })
    expect(world.transcript).toEqual([])
    expect(world.problems).toEqual([])
  })

  test('with a failed upload: the error is told again, and retry() goes on', async () => {
    const world = worldOf(failed, { size: 10 })
    const uploader = await world.uploader({ concurrency: 1 })
    const [upload] = uploader.uploads()
    expect(upload?.getSnapshot().error).toMatchObject({ code: 'storage_rejected', part: 2 })
    upload?.retry()
    await world.clock.exhaust()
    expect(world.transcript).toEqual([
      `urls ${KEY} 2,3`,
      `PUT ${KEY} 2`,
      `PUT ${KEY} 3`,
      'complete 1,2,3',
    ])
    expectStored(world)
  })

  test('with an upload that began anew: it goes on, and the old one is aborted once', async () => {
    const world = worldOf(begunAnew, changed)
    const uploader = await world.uploader({ concurrency: 1, config })
    await world.clock.exhaust()
    expect(world.transcript.filter((line) => line.startsWith('PUT'))).toEqual([
      `PUT ${KEY} 3`,
      `PUT ${KEY} 4`,
    ])
    expect(world.backend.calls.filter(({ call }) => call === 'abort')).toMatchObject([
      { url: `${extensions.abortApi}/mp-1/${KEY}` },
    ])
    expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
    expect(world.storage.multiparts.size).toBe(0)
    expectStored(world)
  })

  test('with a cancelled upload: it is aborted and leaves', async () => {
    const world = worldOf(cancelled, { size: 10 })
    await world.uploader({ config })
    await world.clock.exhaust()
    expect(world.transcript).toEqual(['abort'])
    expect(world.store.records.size).toBe(0)
    expect(world.storage.multiparts.size).toBe(0)
  })

  test('with every part confirmed: only complete is left', async () => {
    const world = worldOf(allConfirmed, { size: 10 })
    const uploader = await world.uploader()
    await world.clock.exhaust()
    expect(world.transcript).toEqual(['complete 1,2,3'])
    expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
    expectStored(world)
  })
})

describe('a journal of version 1 from which complete may have been sent', () => {
  test.each([
    ['all confirmed', allConfirmed, ['complete 1,2,3']],
    ['known to be lost', completeLost, ['complete 1,2,3']],
  ])('is not sent again where the storage no longer knows it: %s', async (_, journal, lines) => {
    const world = worldOf(journal, { size: 10 })
    world.storage.multiparts.clear()
    const uploader = await world.uploader()
    uploader.resume()
    await world.clock.exhaust()
    expect(world.transcript).toEqual(lines)
    expect(uploader.uploads()[0]?.getSnapshot().error?.code).toBe('complete_uncertain')
  })

  test('but an unfinished one begins anew', async () => {
    const world = worldOf(unfinished, { size: 22 })
    world.storage.multiparts.clear()
    const uploader = await world.uploader()
    await world.clock.exhaust()
    expect(world.backend.count('start')).toBe(1)
    expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
    expectStored(world)
  })

  test('and one whose last parts come now begins anew if complete is then refused', async () => {
    const world = worldOf(unfinished, { size: 22 })
    world.backend.fault = (call, count) => {
      if (call === 'complete' && count === 1) world.storage.multiparts.clear()
      return undefined
    }
    const uploader = await world.uploader()
    await world.clock.exhaust()
    expect(world.backend.count('start')).toBe(1)
    expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
  })
})

describe('a record of version 1', () => {
  test.each([
    ['unfinished', unfinished],
    ['finished', finished],
    ['failed', failed],
    ['begun anew', begunAnew],
    ['all confirmed', allConfirmed],
  ])('stays as it was until the upload is written again: %s', async (_, journal) => {
    const world = worldOf(journal, { size: 10 })
    const uploader = await world.uploader({ autoStart: false })
    await world.clock.exhaust()
    await uploader.close()
    expect([...world.store.records]).toEqual(journal)
    expect(world.store.batches).toEqual([])
    expect(world.problems).toEqual([])
  })

  test('is replaced by one write, which leaves no moment without it', async () => {
    const world = worldOf(begunAnew, changed)
    const uploader = await world.uploader({ autoStart: false })
    uploader.uploads()[0]?.retry()
    uploader.uploads()[0]?.resume()
    uploader.uploads()[0]?.pause()
    await world.clock.settle()
    await uploader.close()
    const [[key = '', before = ''] = []] = begunAnew
    const written = world.store.batches.flat()
    expect(written.map((change) => change.key)).toEqual([key, key])
    for (const { value = '' } of written) {
      expect(JSON.parse(value)).toEqual({
        ...JSON.parse(before),
        v: 2,
        paused: expect.any(Boolean),
        abandoned: [{ key: KEY, uploadId: 'mp-1' }],
      })
    }
  })

  test.each([
    ['unfinished', unfinished, { size: 22 }],
    ['begun anew', begunAnew, changed],
  ])('survives a crash after every write: %s', async (_, journal, setting) => {
    const told = worldOf(journal, setting)
    told.storage.latencyMs = 1000
    told.backend.latencyMs = 1000
    /** What the journal holds after each of its batches. */
    const moments = [new Map(told.store.records)]
    class TellingStore extends RecordingStore {
      override async write(batch: Parameters<RecordingStore['write']>[0]): Promise<void> {
        await super.write(batch)
        moments.push(new Map(this.records))
      }
    }
    const store = new TellingStore()
    for (const [key, value] of journal) store.records.set(key, value)
    await told.uploader({ config, concurrency: 1, store })
    await told.clock.exhaust()
    expectStored(told)
    expect(moments.length).toBeGreaterThan(3)
    for (const records of moments) {
      const world = worldOf(records, setting)
      const confirmed = [...records.keys()].flatMap((key) => key.split('/')[3] ?? [])
      const uploader = await world.uploader({ config, concurrency: 1 })
      await world.clock.exhaust()
      expect(world.problems).toEqual([])
      expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
      for (const part of confirmed) expect(world.transcript).not.toContain(`PUT ${KEY} ${part}`)
    }
  })
})

describe('a record of a newer version', () => {
  test('is reported as that and left where it is, with its parts; the rest goes on', async () => {
    const world = worldOf(unfinished, { size: 22 })
    const newer: [string, string][] = [
      ['u/later', '{"v":3,"uploads":"are kept otherwise"}'],
      ['p/later/0/1', 'etag'],
    ]
    for (const [key, value] of newer) world.store.records.set(key, value)
    const uploader = await world.uploader()
    await world.clock.exhaust()
    expect(world.problems).toMatchObject([{ code: 'record_newer', retryable: false }])
    expect(world.problems[0]?.message).toContain('u/later')
    expect(world.problems[0]?.hint).toContain('newer version')
    expect([...world.store.records]).toEqual(expect.arrayContaining(newer))
    expect(uploader.uploads().map(statusOf)).toEqual(['completed'])
  })
})
