import { describe, expect, test } from 'vitest'
import type { PartSnapshot } from '../../src/uploader/types.ts'
import { answer } from '../support/memory-storage.ts'
import { errorOf, forbidUnhandledRejections, statusOf, World } from '../support/world.ts'

forbidUnhandledRejections()

const waiting = { state: 'waiting', sentBytes: 0, attempts: 0 } as const

/** `1 confirmed 4/4`, and how often it failed where it did. */
function inWords(parts: readonly PartSnapshot[]): string[] {
  return parts.map(({ partNumber, size, state, sentBytes, attempts }) => {
    const failed = attempts > 0 ? `, failed ${attempts}` : ''
    return `${partNumber} ${state} ${sentBytes}/${size}${failed}`
  })
}

describe('the parts of an upload', () => {
  test('are none until startUpload answered, and none once it is completed', async () => {
    const world = new World()
    world.backend.latencyMs = 1000
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 10))
    await world.clock.advance(500)
    expect(statusOf(upload)).toBe('starting')
    expect(upload.parts()).toEqual([])
    await world.clock.advance(600)
    expect(upload.parts()).toEqual([
      { partNumber: 1, size: 4, ...waiting },
      { partNumber: 2, size: 4, ...waiting },
      { partNumber: 3, size: 2, ...waiting },
    ])
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('completed')
    expect(upload.parts()).toEqual([])
    upload.forget()
    expect(upload.parts()).toEqual([])
  })

  test('tell what is on its way and what is there', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 2 })
    const upload = await uploader.uploadFile(world.file('a', 14))
    await world.clock.advance(1600)
    expect(inWords(upload.parts())).toEqual([
      '1 confirmed 4/4',
      '2 confirmed 4/4',
      '3 sending 2/4',
      '4 sending 1/2',
    ])
    upload.pause()
    expect(inWords(upload.parts()).slice(2)).toEqual(['3 waiting 0/4', '4 waiting 0/2'])
  })

  test('tell how often they failed, also once they are there', async () => {
    const world = new World()
    world.storage.fault = ({ part, attempt }) =>
      part === 2 && attempt < 4 ? answer(503) : part === 3 ? answer(403) : undefined
    world.backend.fault = (call, count) => (call === 'urls' && count > 8 ? 'hang' : undefined)
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 12))
    await world.clock.advance(120_000)
    expect(inWords(upload.parts()).slice(0, 2)).toEqual([
      '1 confirmed 4/4',
      '2 confirmed 4/4, failed 3',
    ])
    const [, , third] = upload.parts()
    expect(third).toMatchObject({ state: 'waiting', sentBytes: 0 })
    expect(third?.attempts).toBeGreaterThan(1)
  })

  test('remember what failed after retry(), but no attempt that went offline', async () => {
    const world = new World()
    world.storage.latencyMs = 10
    world.storage.fault = ({ part, attempt }) =>
      part === 2 && attempt === 1 ? answer(400) : part === 1 && attempt === 2 ? 'hang' : undefined
    const uploader = await world.uploader({ concurrency: 1 })
    const upload = await uploader.uploadFile(world.file('a', 8))
    expect(await errorOf(Promise.all([upload.done, world.clock.exhaust()]))).toMatchObject({
      code: 'storage_rejected',
      part: 2,
    })
    expect(inWords(upload.parts())).toEqual(['1 confirmed 4/4', '2 waiting 0/4, failed 1'])
    world.storage.fault = () => {
      world.network.switch(false)
      return new Error('the network is gone')
    }
    upload.retry()
    await world.clock.advance(1000)
    expect(inWords(upload.parts())).toEqual(['1 confirmed 4/4', '2 waiting 0/4, failed 1'])
  })

  test('of a failed upload are kept, of a cancelled one they are not', async () => {
    const world = new World()
    world.storage.fault = ({ part }) => (part === 2 ? answer(400) : undefined)
    const uploader = await world.uploader({ concurrency: 1 })
    const upload = await uploader.uploadFile(world.file('a', 10))
    await world.clock.exhaust()
    expect(statusOf(upload)).toBe('failed')
    expect(upload.parts()).toHaveLength(3)
    upload.cancel()
    expect(upload.parts()).toEqual([])
  })

  test('of an earlier process are there at once', async () => {
    const world = new World()
    world.storage.fault = ({ part }) => (part === 2 ? 'hang' : undefined)
    const first = await world.uploader({ concurrency: 1 })
    await first.uploadFile(world.file('a', 10))
    await world.clock.advance(100)
    await first.close()
    const second = await world.uploader({ autoStart: false })
    const [upload] = second.uploads()
    expect(inWords(upload?.parts() ?? [])).toEqual([
      '1 confirmed 4/4',
      '2 waiting 0/4',
      '3 waiting 0/2',
    ])
  })

  test('are the same array while nothing changed, and each the same object', async () => {
    const world = new World()
    world.storage.latencyMs = 1000
    const uploader = await world.uploader({ concurrency: 1 })
    const upload = await uploader.uploadFile(world.file('a', 12))
    const { parts } = upload
    await world.clock.advance(1600)
    const before = parts()
    expect(upload.parts()).toBe(before)
    const copy = structuredClone(before)
    await world.clock.advance(500)
    const after = parts()
    expect(before).toEqual(copy)
    expect(after).not.toBe(before)
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
  })

  test('are the same array when the upload changed and none of them did', async () => {
    const world = new World()
    world.backend.latencyMs = 1000
    const uploader = await world.uploader()
    const upload = await uploader.uploadFile(world.file('a', 12))
    await world.clock.advance(1500)
    const before = upload.parts()
    expect(before).toHaveLength(3)
    world.network.switch(false)
    const snapshot = upload.getSnapshot()
    // Their URLs come, and none of them may be sent.
    await world.clock.advance(1000)
    expect(world.backend.count('urls')).toBe(1)
    expect(upload.getSnapshot()).not.toBe(snapshot)
    expect(upload.parts()).toBe(before)
  })
})
